"""One operation as a Python expression."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from srcdiff.analysis.holdings import holds_numbers
from srcdiff.analysis.storage_kinds import repeats_number
from srcdiff.emit.imports import Imports
from srcdiff.emit.liveness import Liveness
from srcdiff.emit.places import boolean
from srcdiff.ir.nodes import UNDEF, Atom, Const, If, Lit, Op, Var
from srcdiff.ir.types import Array, Dict, Sequence, Type, is_scalar, surely_array
from srcdiff.rules.logging_calls import LOGGER
from srcdiff.rules.random_draws import METHODS

OF_BUILTINS = ("str.", "tuple.", "list.index", "list.count")  # what is printed as a method of them

BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv, "mod": ast.Mod,
    "pow": ast.Pow, "matmul": ast.MatMult, "and_": ast.BitAnd, "or_": ast.BitOr, "xor": ast.BitXor,
    "lshift": ast.LShift, "rshift": ast.RShift,
}  # fmt: skip
COMPARE: dict[str, type[ast.cmpop]] = {
    "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE, "eq": ast.Eq, "ne": ast.NotEq,
    "is_": ast.Is, "is_not": ast.IsNot,
}  # fmt: skip
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
UNARY: dict[str, type[ast.unaryop]] = {
    "neg": ast.USub,
    "pos": ast.UAdd,
    "not_": ast.Not,
    "invert": ast.Invert,
    "inv": ast.Invert,
}


def name(text: str) -> ast.Name:
    return ast.Name(text, ast.Load())


def literal(value: object) -> ast.expr:
    """A literal; a negative number is a sign before a positive one, as the parser has it."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return ast.Call(name("float"), [ast.Constant(str(value))], [])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and (value < 0 or str(value).startswith("-")):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    if isinstance(value, complex) and value.imag < 0 and repr(value) == repr(-(-value.imag * 1j)):  # -1j
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(None if value is UNDEF else value)  # type: ignore[arg-type]


def negative(product: ast.expr) -> ast.expr:
    """A product or quotient with a sign before its first factor."""
    if isinstance(product, ast.BinOp) and isinstance(product.op, (ast.Mult, ast.Div)):
        return ast.BinOp(negative(product.left), product.op, product.right)
    return ast.UnaryOp(ast.USub(), product)


@dataclass
class Expressions:
    """Prints atoms; what is nested is printed where it is used."""

    live: Liveness
    names: dict[Var, str]
    imports: Imports
    unassigned: set[Atom] = field(default_factory=set)  # what is None on some path
    perhaps_none: set[Atom] = field(default_factory=set)  # and what comes from tapes and tuples that hold such

    def atom(self, atom: Atom) -> ast.expr:
        if isinstance(atom, Lit):
            return literal(atom.value)
        if isinstance(atom, Const):
            return self.imports.constant(atom)
        if atom in self.live.inside:
            return self.value(self.live.inside[atom])
        return name(self.name_of(atom))

    def name_of(self, var: Var) -> str:
        return self.names.get(var) or self.names[self.live.variable(var)]

    def value(self, value: Op | If) -> ast.expr:
        return self.conditional(value) if isinstance(value, If) else self.op(value)

    def conditional(self, node: If) -> ast.expr:
        kind = boolean(node)
        test, then, orelse = self.atom(node.test), node.then.results[0], node.orelse.results[0]
        if kind:
            joined: ast.boolop = ast.Or() if kind == "or" else ast.And()
            other = self.atom(orelse if kind == "or" else then)
            first = test.values if isinstance(test, ast.BoolOp) and type(test.op) is type(joined) else [test]
            return ast.BoolOp(joined, [*first, other])
        return ast.IfExp(test, self.atom(then), self.atom(orelse))

    def negated(self, test: ast.expr) -> ast.expr:
        """not test, as one would write it."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return test.operand
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in OPPOSITE:
            return ast.Compare(test.left, [OPPOSITE[type(test.ops[0])]()], test.comparators)
        return ast.UnaryOp(ast.Not(), test)

    def op(self, op: Op) -> ast.expr:
        root, _, function = op.fn.rpartition(".")
        if root == "operator":
            found = self.operator(op, function)
            if found is not None:
                return found
        match op.fn:
            case "tuple":
                return ast.Tuple([self.atom(a) for a in op.args], ast.Load())
            case "list":
                return ast.List([self.atom(a) for a in op.args], ast.Load())
            case "set" if op.args:
                return ast.Set([self.atom(a) for a in op.args])
            case "set":
                return ast.Call(self.imports.function("builtins.set"), [], [])
            case "dict":
                items = [self.atom(a) for a in op.args]
                return ast.Dict(list(items[::2]), items[1::2])
            case "slice":
                return ast.Call(self.imports.function("builtins.slice"), [self.atom(a) for a in op.args], [])
            case "getattr" if isinstance(op.args[1], Lit) and len(op.args) == 2:
                return ast.Attribute(self.atom(op.args[0]), str(op.args[1].value), ast.Load())
            case "fstring":
                return self.fstring(op)
            case "numpy.transpose" if len(op.args) == 1 and not op.kwargs and isinstance(op.args[0].type, Array):
                return ast.Attribute(self.atom(op.args[0]), "T", ast.Load())
            case "numpy.real" if isinstance(op.args[0].type, Array) and op.args[0].type.dtype == "complex":
                return ast.Attribute(self.atom(op.args[0]), "real", ast.Load())
            case "srcdiff.copy":
                return self.copy(op)
            case "srcdiff.sum_x" if repeats_number(op):  # [v] * len(x)
                length = ast.Call(self.imports.function("builtins.len"), [self.atom(op.args[1])], [])
                return ast.BinOp(ast.List([self.atom(op.args[0])], ast.Load()), ast.Mult(), length)
            case "srcdiff.zeros_like" if op.args[0] not in self.perhaps_none:
                zeros = self.zeros(self.atom(op.args[0]), op.args[0].type)
                return self.call(op) if zeros is None else zeros
            case "exception":
                called = self.atom(op.args[0])
                named = [ast.keyword(key, self.atom(value)) for key, value in op.kwargs]
                return ast.Call(called, [self.atom(a) for a in op.args[1:]], named)
            case "srcdiff.astype" if surely_array(op.args[0].type):
                return ast.Call(ast.Attribute(self.atom(op.args[0]), "astype", ast.Load()), [self.atom(op.args[1])], [])
        return self.call(op)

    def call(self, op: Op) -> ast.Call:
        keywords = [ast.keyword(key, self.atom(value)) for key, value in op.kwargs]
        if op.fn.startswith((*METHODS, *OF_BUILTINS, LOGGER)):
            bound = ast.Attribute(self.atom(op.args[0]), op.fn.rpartition(".")[2], ast.Load())
            return ast.Call(bound, [self.atom(a) for a in op.args[1:]], keywords)
        return ast.Call(self.imports.function(op.fn), [self.atom(a) for a in op.args], keywords)

    def operator(self, op: Op, function: str) -> ast.expr | None:
        if op.kwargs:
            return None
        if function == "getitem":
            return self.subscript(op.args[0], op.args[1])
        if function in BINARY and len(op.args) == 2:
            return ast.BinOp(self.atom(op.args[0]), BINARY[function](), self.atom(op.args[1]))
        if function in COMPARE:
            return ast.Compare(self.atom(op.args[0]), [COMPARE[function]()], [self.atom(op.args[1])])
        if function == "contains":
            return ast.Compare(self.atom(op.args[1]), [ast.In()], [self.atom(op.args[0])])
        if function == "not_":
            return self.negated(self.atom(op.args[0]))
        if function == "neg" and self.signed(op.args[0]):
            return negative(self.atom(op.args[0]))
        if function in UNARY:
            return ast.UnaryOp(UNARY[function](), self.atom(op.args[0]))
        return None

    def signed(self, atom: Atom) -> bool:
        """Whether the sign of a product can stand before its first factor: -(a * b) is -a * b, unless a has no sign."""
        op = self.live.inside.get(atom) if isinstance(atom, Var) else None
        if not isinstance(op, Op) or op.fn not in ("operator.mul", "operator.truediv"):
            return False
        first = op.args[0]
        if self.signed(first):
            return True
        inner = self.live.inside.get(first) if isinstance(first, Var) else None
        simple = inner is None or isinstance(inner, Op) and inner.fn in ("operator.getitem", "getattr")
        return simple and isinstance(first.type, Array) and (first.type.dtype == "float" or isinstance(first, Lit))

    def subscript(self, base: Atom, index: Atom, context: ast.expr_context | None = None) -> ast.Subscript:
        return ast.Subscript(self.atom(base), self.index(index), context or ast.Load())

    def index(self, atom: Atom) -> ast.expr:
        """An index within brackets, where slices have their own notation."""
        op = self.live.inside.get(atom) if isinstance(atom, Var) else None
        if isinstance(op, Op) and op.fn == "slice":
            return self.slice(op)
        if isinstance(op, Op) and op.fn == "tuple" and op.args:
            return ast.Tuple([self.index(a) for a in op.args], ast.Load())
        return self.atom(atom)

    def slice(self, op: Op) -> ast.Slice:
        lower, upper, step = [None if isinstance(a, Lit) and a.value is None else self.atom(a) for a in op.args]
        return ast.Slice(lower, upper, step)

    def copy(self, op: Op) -> ast.expr:
        """x.copy() for what has the method, else the helper."""
        kind = op.args[0].type
        if op.args[0] in self.unassigned:
            return self.call(op)
        if surely_array(kind) or isinstance(kind, (Dict, Sequence)) and holds_numbers(kind):
            if not isinstance(kind, Sequence) or kind.kind == "list":
                return ast.Call(ast.Attribute(self.atom(op.args[0]), "copy", ast.Load()), [], [])
        return self.call(op)

    def zeros(self, like: ast.expr, kind: Type) -> ast.expr | None:
        """[0.0] * len(x) for a list of numbers; such lists, or arrays, in a list; else nothing."""
        if not isinstance(kind, Sequence) or kind.kind != "list":
            return None
        if is_scalar(kind.elem) and getattr(kind.elem, "dtype", None) == "float":
            length = ast.Call(self.imports.function("builtins.len"), [like], [])
            return ast.BinOp(ast.List([ast.Constant(0.0)], ast.Load()), ast.Mult(), length)
        if surely_array(kind.elem) and getattr(kind.elem, "dtype", None) == "float":
            each = "x" if not (isinstance(like, ast.Name) and like.id == "x") else "item"
            zero = ast.Call(self.imports.function("numpy.zeros_like"), [name(each)], [])
            return ast.ListComp(zero, [ast.comprehension(ast.Name(each, ast.Store()), like, [], 0)])
        row = "row" if not (isinstance(like, ast.Name) and like.id == "row") else "inner_row"
        inner = self.zeros(name(row), kind.elem)
        if inner is None or not isinstance(inner, ast.BinOp):
            return None
        return ast.ListComp(inner, [ast.comprehension(ast.Name(row, ast.Store()), like, [], 0)])

    def fstring(self, op: Op) -> ast.expr:
        values: list[ast.expr] = []
        for part in op.args:
            if isinstance(part, Lit) and isinstance(part.value, str):
                values.append(ast.Constant(part.value))
                continue
            inner = self.live.inside.get(part) if isinstance(part, Var) else None
            spec: ast.JoinedStr | None = None
            value = part
            if isinstance(inner, Op) and inner.fn == "builtins.format" and not inner.kwargs:
                wanted = [a.value for a in inner.args[1:] if isinstance(a, Lit)]
                if len(wanted) == len(inner.args) - 1:  # else it stays a call of format
                    value = inner.args[0]
                    spec = ast.JoinedStr([ast.Constant(wanted[0])]) if any(wanted) else None
            values.append(ast.FormattedValue(self.atom(value), -1, spec))
        return ast.JoinedStr(values)
