"""The derivatives that a file asks for."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from srcdiff.api import Wrt
from srcdiff.errors import Loc, Refusal, UsageError
from srcdiff.frontend import derived
from srcdiff.frontend.decorators import parameters_taken
from srcdiff.frontend.names import Decorated
from srcdiff.frontend.source import FunctionSource, ModuleSource, definition_source, forward, location
from srcdiff.ir.nodes import Program
from srcdiff.pipeline import compile_derivative, within_depth

MODES = tuple(derived.MODES.values())
WRT = 'write a literal: `wrt="x"`, `wrt=0`, `wrt=("x", "y")`'


@dataclass
class Request:
    """A derivative that the file asks for: the lines that it replaces, and the name that it gets."""

    source: FunctionSource | Program  # a program, where it is the derivative of a derivative
    mode: str
    wrt: Wrt
    name: str
    node: ast.stmt
    first_line: int
    top: int  # where functions that it needs are put: above its own decorators, and those of its class
    indent: str = ""

    @property
    def apart(self) -> bool:
        """Whether something stands between the functions that it needs and its own."""
        return self.top != self.first_line


@dataclass
class Names:
    """What a file calls srcdiff, and what it imports from it."""

    modules: set[str] = field(default_factory=set)
    functions: dict[str, str] = field(default_factory=dict)  # the file's name -> srcdiff's
    imports: list[ast.stmt] = field(default_factory=list)

    def mode(self, node: ast.expr) -> str | None:
        """The mode that an expression names: `srcdiff.grad`, or `grad` where it was imported from srcdiff."""
        if isinstance(node, ast.Name):
            return self.functions.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self.modules:
            return node.attr
        return None


def srcdiff_names(tree: ast.Module) -> Names:
    names = Names()
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "srcdiff":
                    names.modules.add(alias.asname or "srcdiff")
                    names.imports.append(node)
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").partition(".")[0] == "srcdiff":
            names.functions.update({alias.asname or alias.name: alias.name for alias in node.names})
            names.imports.append(node)
    return names


def requests(module: ModuleSource, names: Names, refusals: list[Refusal], replaced: set[ast.AST]) -> list[Request]:
    found = []
    within: list[tuple[ast.stmt, ast.ClassDef | None]] = [(node, None) for node in module.tree.body]
    within += [(stmt, node) for node in module.tree.body if isinstance(node, ast.ClassDef) for stmt in node.body]
    for node, cls in sorted(within, key=lambda pair: pair[0].lineno):
        try:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                request = _decorated(module, names, node, cls)
            elif isinstance(node, ast.Assign) and cls is None:
                request = _assigned(module, names, node)
            else:
                continue
        except Refusal as refusal:
            refusals.append(refusal)
            replaced.update(ast.walk(node))
            continue
        if request is not None:
            found.append(request)
    return found


def _decorated(
    module: ModuleSource,
    names: Names,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    cls: ast.ClassDef | None = None,
) -> Request | None:
    """The derivative that a function's decorator asks for; decorators above it stay, they are the derivative's."""
    for k, decorator in enumerate(node.decorator_list):
        call = decorator if isinstance(decorator, ast.Call) else None
        mode = names.mode(call.func if call else decorator)
        if mode in MODES:
            wrt = _wrt(module, call.args, call.keywords) if call else 0
            above: list[ast.expr | ast.stmt] = [*cls.decorator_list, cls] if cls else [*node.decorator_list]
            source = _with_decorators(module, node, node.decorator_list[k + 1 :], cls is not None)
            first, indent = decorator.lineno, " " * node.col_offset
            return Request(source, mode, wrt, node.name, node, first, above[0].lineno, indent)
    return None


def _assigned(module: ModuleSource, names: Names, node: ast.Assign) -> Request | None:
    """`df = srcdiff.grad(f, wrt="x")` at the top level of the file."""
    call = node.value
    if not isinstance(call, ast.Call) or names.mode(call.func) not in MODES:
        return None
    where = location(node, module.file, module.lines)
    target = node.targets[0]
    if len(node.targets) > 1 or not isinstance(target, ast.Name):
        raise Refusal("a derivative must be given one name to be transpiled", where, "write `name = srcdiff.grad(f)`")
    source, mode, wrt = _asked(module, names, call, (node.lineno, node.col_offset), where)
    return Request(source, mode, wrt, target.id, node, node.lineno, node.lineno)


def _asked(
    module: ModuleSource, names: Names, call: ast.Call, place: tuple[int, int], where: Loc
) -> tuple[FunctionSource | Program, str, Wrt]:
    """What `srcdiff.grad(f, wrt="x")` asks for, at a place of the file."""
    function = call.args[0] if call.args else None
    if not isinstance(function, ast.Name):
        raise _unknown(where)
    mode = names.mode(call.func)
    assert mode is not None
    source = _function_at(module, names, function.id, place, where)
    return source, mode, _wrt(module, call.args[1:], call.keywords)


def _function_at(
    module: ModuleSource, names: Names, name: str, place: tuple[int, int], where: Loc
) -> FunctionSource | Program:
    """The function that a name stands for at a place of the file, which may be a derivative itself."""
    held = module.resolver.holding(name, place)
    if len(held) > 1 or module.resolver.is_changed(name):
        raise _not_one(name, where)
    match held[0].node if held else None:
        case ast.FunctionDef() | ast.AsyncFunctionDef() as node if node in module.tree.body:
            request = _decorated(module, names, node)
            if request is None:
                return _with_decorators(module, node, node.decorator_list, False)
            above = [d for d in node.decorator_list if d.lineno < request.first_line]
            _with_decorators(module, node, above, True)  # which refuses all that change something
            return derivative_program(request.source, request.mode, request.wrt, name)
        case ast.Name(id=other):
            return _function_at(module, names, other, held[0].place, where)
        case ast.Call() as call if names.mode(call.func) in MODES:
            return derivative_program(*_asked(module, names, call, held[0].place, where), name)
    raise _unknown(where)


def _unknown(where: Loc) -> Refusal:
    return Refusal(
        "only a function that this file defines at its top level is transpiled", where, "define it there, with `def`"
    )


def _not_one(name: str, where: Loc) -> Refusal:
    return Refusal(
        f"which function {name} is here is only known when the file is run",
        where,
        "bind the name once, at the top level, by `def`",
    )


def _with_decorators(
    module: ModuleSource, node: ast.FunctionDef | ast.AsyncFunctionDef, decorators: list[ast.expr], plain: bool
) -> FunctionSource:
    """A function as its decorators have it, those of the user's own applied; of a `plain` one there are none."""
    source = definition_source(module, node)
    meaning = module.resolver.function(source, decorators)
    if not isinstance(meaning, Decorated):
        return source
    signed = None if plain else parameters_taken(source, meaning)
    if signed is None:
        raise Refusal(
            "a derivative of what another decorator makes is not transpiled",
            location(meaning.decorators[0][0], module.file, module.lines),
            "put srcdiff's decorator below it, next to the function",
        )
    return forward(signed, meaning, source)


def derivative_program(source: FunctionSource | Program, mode: str, wrt: Wrt, name: str) -> Program:
    """The SSA of a derivative that has a name in the file."""
    with within_depth(source):
        program = compile_derivative(source, mode, wrt).program
    main = program.functions.pop(program.main)
    main.name = program.main = name
    program.functions[name] = main
    return program


def named_function(module: ModuleSource, name: str) -> FunctionSource:
    """What a file's function is at its end, but for the derivatives that it is made into."""
    if name not in module.functions:
        known = ", ".join(module.functions) or "none"
        raise UsageError(f"{module.file} defines no function {name!r} at its top level; it defines {known}")
    node, names = module.functions[name].node, srcdiff_names(module.tree)
    held = module.resolver.holding(name)
    while len(held) == 1 and isinstance(call := held[0].node, ast.Call) and names.mode(call.func) in MODES:
        held = module.resolver.holding(name, held[0].place)
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if [binding.node for binding in held] != [node] or module.resolver.is_changed(name):
        raise _not_one(name, location(node, module.file, module.lines))
    modes = [names.mode(d.func if isinstance(d, ast.Call) else d) in MODES for d in node.decorator_list]
    below = modes.index(True) + 1 if True in modes else 0
    return _with_decorators(module, node, node.decorator_list[below:], False)


def decorated_request(module: ModuleSource, name: str) -> tuple[str, Wrt] | None:
    """The mode and wrt that the decorator of a file's function names."""
    node = module.functions[name].node if name in module.functions else None
    found = (
        _decorated(module, srcdiff_names(module.tree), node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        else None
    )
    return None if found is None else (found.mode, found.wrt)


def _wrt(module: ModuleSource, args: list[ast.expr], keywords: list[ast.keyword]) -> Wrt:
    given = [*args, *(k.value for k in keywords)]
    if not given:
        return 0
    where = location(given[0], module.file, module.lines)
    if len(given) > 1 or any(k.arg != "wrt" for k in keywords):
        raise Refusal("the only option of a derivative is wrt", where, WRT)
    try:
        value = ast.literal_eval(given[0])
    except (ValueError, TypeError, SyntaxError):
        raise Refusal("wrt is only known when the file is run", where, WRT) from None
    entries = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(e, (int, str)) and not isinstance(e, bool) for e in entries):
        raise Refusal("wrt is neither a position nor a name, nor a tuple of these", where, WRT)
    result: Wrt = value
    return result
