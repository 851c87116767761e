"""Prints the SSA as a reader of a compiler textbook knows it.

function f(x: float[]):
    t0: float[] = operator.mul(x, x)
    return t0
"""

from __future__ import annotations

from srcdiff.ir.nodes import Atom, Block, Call, Const, Function, If, Lit, Loop, Op, Program, Stmt, Var
from srcdiff.ir.types import Any, Array, Dict, Opaque, Record, Sequence, Tuple, Type


def format_type(t: Type) -> str:
    """A type in a few characters: `float[n, 3]`, `int`, `list of float`."""
    match t:
        case Array(dtype, shape):
            name = dtype or "number"
            if isinstance(shape, tuple):
                return f"{name}[{', '.join(map(_dim, shape))}]" if shape else name
            parts = sorted(f"({', '.join(map(_dim, p))})" if isinstance(p, tuple) else _dim(p) for p in shape)
            return f"{name}[{' & '.join(parts)}]"
        case Any():
            return "any"
        case Sequence(kind, elem):
            return f"{kind} of {format_type(elem)}"
        case Tuple(elems):
            return f"({', '.join(map(format_type, elems))})"
        case Dict(items, value):
            if items is None:
                return f"dict of {format_type(value)}"
            return "{" + ", ".join(f"{k!r}: {format_type(v)}" for k, v in items) + "}"
        case Opaque(name) | Record(name):
            return name
    return str(t)


def _dim(d: int | str) -> str:
    return "?" if isinstance(d, str) and d.startswith("?") else str(d)


class _Printer:
    def __init__(self) -> None:
        self.names: dict[Var, str] = {}
        self.taken: dict[str, int] = {}
        self.lines: list[str] = []

    def name(self, var: Var) -> str:
        if var not in self.names:
            stem = var.hint or "t"
            n = self.taken.get(stem, 0)
            self.taken[stem] = n + 1
            self.names[var] = f"{stem}.{n}" if n or not var.hint else stem
        return self.names[var]

    def atom(self, atom: Atom) -> str:
        match atom:
            case Lit(value):
                return "..." if value is Ellipsis else repr(value)
            case Const(name):
                return f"@{name}"
        return self.name(atom)

    def atoms(self, atoms: list[Atom] | tuple[Atom, ...]) -> str:
        return ", ".join(map(self.atom, atoms))

    def typed(self, variables: list[Var]) -> str:
        return ", ".join(f"{self.name(v)}: {format_type(v.type)}" for v in variables)

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def block(self, block: Block, depth: int, end: str) -> None:
        for stmt in block.body:
            self.stmt(stmt, depth)
        self.line(depth, f"{end} {self.atoms(block.results)}".rstrip())

    def stmt(self, stmt: Stmt, depth: int) -> None:
        match stmt:
            case Op():
                args = [self.atom(a) for a in stmt.args] + [f"{k}={self.atom(a)}" for k, a in stmt.kwargs]
                self.line(depth, f"{self.typed([stmt.out])} = {stmt.fn}({', '.join(args)})")
            case If():
                outs = f"{self.typed(stmt.outs)} = " if stmt.outs else ""
                self.line(depth, f"{outs}if {self.atom(stmt.test)}:")
                self.block(stmt.then, depth + 1, "yield")
                self.line(depth, "else:")
                self.block(stmt.orelse, depth + 1, "yield")
            case Call():
                changed = "".join(f", changing {self.atom(a)}" for _, a in stmt.versions)
                self.line(depth, f"{self.typed(stmt.outs)} = call {stmt.callee}({self.atoms(stmt.args)}){changed}")
            case Loop():
                self.loop(stmt, depth)

    def loop(self, loop: Loop, depth: int) -> None:
        walks = [
            f"{self.name(t)} in {'reversed ' * it.reverse}{self.atom(it.seq)}"
            for t, it in zip(loop.targets, loop.iters)
        ]
        carried = [f"{self.name(p)} = {self.atom(i)}" for p, i in zip(loop.carried, loop.inits)]
        head = "for " + ", ".join(walks) if walks else "while" if loop.cond else "loop"
        self.line(depth, f"{self.typed(loop.outs)} = {head} carrying ({', '.join(carried)}):")
        if loop.cond is not None:
            for param, carried_param in zip(loop.cond.params, loop.carried):
                self.names[param] = self.name(carried_param)
            self.block(loop.cond, depth + 1, "test")
        self.block(loop.body, depth + 1, "yield")

    def function(self, function: Function) -> None:
        params = self.typed([p.var for p in function.params])
        self.line(0, f"function {function.name}({params}):")
        self.block(function.body, 1, "return")


def format_function(function: Function) -> str:
    printer = _Printer()
    printer.function(function)
    return "\n".join(printer.lines) + "\n"


def format_program(program: Program) -> str:
    """Every function of a program, the main one last."""
    others = [f for name, f in program.functions.items() if name != program.main]
    return "\n".join(format_function(f) for f in [*others, program.functions[program.main]])
