"""What a module takes from outside: its imports, its constants, the helpers that it calls."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from srcdiff.errors import Loc, Refusal
from srcdiff.ir.nodes import Atom, Const, Function, Program
from srcdiff.ir.walk import operands, statements

LIBRARIES = (
    "numpy",
    "math",
    "cmath",
    "operator",
    "builtins",
    "scipy",
    "random",
    "functools",
    "itertools",
    "copy",
    "warnings",
)


@dataclass
class Imports:
    """Gathers imports while expressions are printed; `avoid` are names that they must not take."""

    avoid: set[str]
    parameters: set[str] = field(default_factory=set)  # names that cannot be changed, and would hide a helper
    loc: Loc | None = None  # of the function that is differentiated
    modules: dict[str, str] = field(default_factory=dict)  # module -> the name it is bound to
    helpers: dict[str, None] = field(default_factory=dict)
    constants: dict[str, tuple[str, Const]] = field(default_factory=dict)  # name in the text -> what it is
    renamed: dict[str, str] = field(default_factory=dict)

    def function(self, fn: str) -> ast.expr:
        """The expression for a function's dotted name."""
        root, _, function = fn.rpartition(".")
        if root == "srcdiff":
            if function in self.parameters:
                raise Refusal(
                    f"the parameter {function} is also the name of a helper that the derivative calls",
                    self.loc,
                    "rename the parameter",
                )
            self.helpers.setdefault(function)
            return ast.Name(function, ast.Load())
        if root == "builtins":
            if function in self.avoid:
                return ast.Attribute(self.module("builtins"), function, ast.Load())
            return ast.Name(function, ast.Load())
        if not root:
            return ast.Name(fn, ast.Load())
        return self.dotted(fn)

    def dotted(self, name: str) -> ast.expr:
        root, *rest = name.split(".")
        if root == "numpy":
            found = self.module("numpy")
        else:
            module = module_of(name)
            found = self.module(module)
            rest = (
                name.split(".")[1:]
                if self.modules[module] == module.split(".")[0]
                else name.split(".")[len(module.split(".")) :]
            )
        for part in rest:
            found = ast.Attribute(found, part, ast.Load())
        return found

    def module(self, module: str) -> ast.expr:
        if module not in self.modules:
            wanted = ["np", "numpy", "numpy_"] if module == "numpy" else [module.split(".")[0]]
            free = [w for w in wanted if w not in self.avoid]
            self.modules[module] = free[0] if free else "_" + module.replace(".", "_")
        return ast.Name(self.modules[module], ast.Load())

    def constant(self, const: Const) -> ast.expr:
        """A library's constant by its import; the user's own by a name of the module."""
        root = const.name.split(".")[0]
        if "." in const.name and root == "builtins":
            return self.function(const.name)
        if "." in const.name and (root in LIBRARIES or const.value is None):
            return self.dotted(const.name)
        if const.name in ("numpy", "math"):
            return self.module(const.name)
        if "." not in const.name and hasattr(builtins, const.name) and const.value is getattr(builtins, const.name):
            return self.function("builtins." + const.name)
        return ast.Name(self.bound(const), ast.Load())

    def text(self, text: str) -> ast.expr:
        """The expression of a constant's text, which names modules in full; what it names is imported."""
        module = self.module

        class Imported(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name) -> ast.expr:
                known = node.id in LIBRARIES or node.id in sys.stdlib_module_names
                return module(node.id) if known and not hasattr(builtins, node.id) else node

        found: ast.expr = Imported().visit(ast.parse(text, mode="eval").body)
        return found

    def bound(self, const: Const) -> str:
        stem = const.name.replace(".", "_")
        candidate, k = stem, 1
        while candidate in self.avoid or not same_constant(self.constants.get(candidate), const):
            k += 1
            candidate = f"{stem}_{k}"
        self.constants[candidate] = (const.name, const)
        return candidate

    def plain(self, module: str) -> ast.Import:
        """The import of a module under the name that it is bound to."""
        bound = self.modules[module]
        return ast.Import([ast.alias(module, None if bound == module.split(".")[0] else bound)])

    def statements(self, copy_helpers: bool) -> list[ast.stmt]:
        """The import statements, in the order that isort gives them."""
        helpers = sorted(self.helpers)
        needed = modules_of(pasted(helpers)) if copy_helpers else []
        for module in needed:
            self.module(module)
        plain = [module for module in sorted(self.modules) if not module.startswith(("numpy", "scipy"))]
        found: list[ast.stmt] = [self.plain(module) for module in plain]
        if "numpy" in self.modules:
            bound = self.modules["numpy"]
            found.append(ast.Import([ast.alias("numpy", None if bound == "numpy" else bound)]))
        for module in needed:  # the helpers' own text says np
            if self.modules[module] != OF_HELPERS[module]:
                found.append(_import(module))
        found += [self.plain(module) for module in sorted(self.modules) if module.startswith("scipy")]
        if helpers and not copy_helpers:
            found.append(ast.ImportFrom("srcdiff.runtime", [ast.alias(h, None) for h in helpers], 0))
        return found


def same_constant(known: tuple[str, Const] | None, const: Const) -> bool:
    if known is None:
        return True
    other = known[1]
    return other is const or (other.name == const.name and other.value is const.value and other.text == const.text)


def module_of(name: str) -> str:
    """The module of a dotted name: parts that are classes or objects of a module are not modules.

    scipy.special.expit -> scipy.special
    """
    parts = name.split(".")[:-1]
    while len(parts) > 1 and parts[-1][:1].isupper():
        parts.pop()
    return ".".join(parts)


def names_of(program: Program) -> set[str]:
    """The names that parameters and functions of a program have: nothing else of the module may take them."""
    found = set(program.functions)
    for function in program.functions.values():
        found |= {p.var.hint for p in function.params}
    return found


def helper_source(helper: str) -> list[ast.stmt]:
    """A helper's own text, with the other helpers that it calls, as statements."""
    from srcdiff import runtime

    found: list[ast.stmt] = []
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        tree = ast.parse(inspect.getsource(getattr(runtime, name))).body[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and inspect.isfunction(getattr(runtime, node.id, None)):
                add(node.id)
        found.append(tree)

    add(helper)
    return found


def pasted(helpers: Iterable[str]) -> list[ast.stmt]:
    """The definitions of helpers, and of those that they call, each once."""
    found: dict[str, ast.stmt] = {}
    for helper in sorted(helpers):
        for stmt in helper_source(helper):
            assert isinstance(stmt, ast.FunctionDef)
            found.setdefault(stmt.name, stmt)
    return list(found.values())


# the modules that helpers use, by what they call them
OF_HELPERS = {"itertools": "itertools", "math": "math", "numpy": "np"}


def modules_of(helpers: list[ast.stmt]) -> list[str]:
    """The modules that the text of helpers names."""
    read = {node.id for helper in helpers for node in ast.walk(helper) if isinstance(node, ast.Name)}
    return [module for module, name in OF_HELPERS.items() if name in read]


def _import(module: str) -> ast.stmt:
    name = OF_HELPERS[module]
    return ast.Import([ast.alias(module, name if name != module else None)])


def _place(stmt: ast.stmt) -> tuple[int, str]:
    """Plain imports first, the standard library's before NumPy, then the rest as it is."""
    if not isinstance(stmt, ast.Import):
        return 2, ""
    module = stmt.names[0].name
    return int(module.startswith(("numpy", "scipy"))), module


def standing_alone(tree: ast.Module) -> ast.Module:
    """The module with the helpers that it imports pasted in."""
    head = [stmt for stmt in tree.body if not isinstance(stmt, ast.FunctionDef)]
    taken = [stmt for stmt in head if isinstance(stmt, ast.ImportFrom) and stmt.module == "srcdiff.runtime"]
    if not taken:
        return tree
    functions = [stmt for stmt in tree.body if isinstance(stmt, ast.FunctionDef)]
    kept = [stmt for stmt in head if stmt not in taken]
    helpers = pasted(alias.name for stmt in taken for alias in stmt.names)
    present = {ast.unparse(stmt) for stmt in kept}
    added: list[ast.stmt] = [stmt for stmt in map(_import, modules_of(helpers)) if ast.unparse(stmt) not in present]
    kept = sorted([*kept, *added], key=_place) if added else kept
    return ast.fix_missing_locations(ast.Module([*kept, *helpers, *functions], []))


def used_names(functions: list[Function]) -> set[str]:
    """The names that the functions of a module read from outside: variables must not take them."""
    found: set[str] = {"np"}
    atoms: list[Atom] = []
    for function in functions:
        found.add(function.name)
        atoms += function_atoms(function)
        for stmt in statements(function.body):
            fn = getattr(stmt, "fn", "")
            root, _, last = fn.rpartition(".")
            if root in ("builtins", "srcdiff"):
                found.add(last)
            elif root and root != "operator":
                found.add(fn.split(".")[0])
    for atom in atoms:
        if isinstance(atom, Const):
            found.add(atom.name.split(".")[0] if "." in atom.name else atom.name)
    return found


def function_atoms(function: Function) -> list[Atom]:
    found: list[Atom] = [p.default for p in function.params if p.default is not None]
    stack = [function.body]
    for stmt in statements(function.body):
        found += operands(stmt)
        stack += [
            getattr(stmt, key) for key in ("then", "orelse", "body", "cond") if getattr(stmt, key, None) is not None
        ]
    for block in stack:
        found += block.results
    return found
