"""Elements of arrays that nothing writes to after they were read or written: the last version of the array has them still.

    for j in range(n):                              for j in reversed(range(n)):
        for k in range(j):                              for k in reversed(range(j)):
            s = s - L[j, k] * z[k]          ->              L_bar[j, k] -= s_bar * z[k]
        z[j] = s

What the reverse sweep needs of them, it reads there again, and nothing goes on a tape.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from srcdiff.analysis.dimensions import element
from srcdiff.analysis.index_order import Indices
from srcdiff.analysis.storage_kinds import WRITES, changed_by
from srcdiff.ir.builder import atom_key
from srcdiff.ir.nodes import Atom, Block, If, Loop, Op, Var
from srcdiff.ir.types import INT, Array, Sequence, surely_array
from srcdiff.ir.walk import flows, outs, statements

MOST = 20_000  # pairs of reads and writes that are compared for one array
ELEMENTS = frozenset({"operator.setitem", "srcdiff.addto", "srcdiff.scatter_add"})


def final_elements(body: Block, leaving: Collection[Atom] = ()) -> dict[Var, list[Op]]:
    """For what a loop reads from an array or a list, or writes to one, the operations that read it from the last version.

    What is `leaving` may be changed by others before it is read there."""
    if not any(isinstance(stmt, Loop) for stmt in statements(body)):
        return {}
    found = _Versions(body)
    ops = [s for s in statements(body) if isinstance(s, Op) and found.indices.loops[s.out]]
    if not any(op.fn in ELEMENTS for op in ops):
        return {}
    reads = [op for op in ops if op.fn == "operator.getitem"]
    again: dict[Var, list[Op]] = {}
    for last in found.last():
        if last in leaving:
            continue
        chain = found.chain(last)
        if chain is None or len(chain.writes) * len(reads) > MOST:
            continue
        for read in reads:
            version, path = found.path(read, chain)
            if path and found.stays(version, path, chain):
                again[read.out] = _read(last, path, read.out)
        for write in chain.writes:
            value, path = found.written_value(write, chain)
            if value is not None and found.indices.loops.get(value) and found.stays(write.out, path, chain):
                again[value] = _read(last, path, value)
    return again


def _read(base: Var, path: list[Atom], out: Var) -> list[Op]:
    ops = []
    for index in path[:-1]:
        base, outer = Var("", element(base.type)), base
        ops.append(Op("operator.getitem", (outer, index), (), base))
    return [*ops, Op("operator.getitem", (base, path[-1]), (), out)]


@dataclass(eq=False)
class _Chain:
    """The versions of an array up to its last one, and the writes between them."""

    last: Var
    home: tuple[Loop, ...]  # the loops that all of them are within
    versions: set[Atom] = field(default_factory=set)
    writes: list[Op] = field(default_factory=list)
    is_exact: bool = False  # whether it holds floats as they are


class _Versions:
    def __init__(self, body: Block) -> None:
        self.indices = Indices()
        self.indices.read(body)
        self.body = body
        self.written: set[Atom] = set()  # what later versions are made of
        for stmt in statements(body):
            self.written.update(changed_by(stmt))
            self.written.update(atom for _, atom in flows(stmt))

    def last(self) -> list[Var]:
        """What nothing makes another version of, of which there are versions; those of inner loops first."""
        found = [
            var
            for stmt in statements(self.body)
            for var in outs(stmt)
            if var not in self.written
            and (surely_array(var.type) or isinstance(var.type, Sequence) and var.type.kind == "list")
            and (isinstance(stmt, If | Loop) or isinstance(stmt, Op) and stmt.fn in ELEMENTS)
        ]
        return sorted(found, key=lambda var: -len(self.indices.loops[var]))

    def chain(self, last: Var) -> _Chain | None:
        """The versions that lead to the last one; None where there is more than one way."""
        chain = _Chain(last, self.indices.loops[last])
        root = self._trace(self.indices.blocks[last], last, chain)
        made = self.indices.made.get(root) if isinstance(root, Var) else None
        if root is None or not chain.writes:
            return None
        plain = isinstance(made, Op) and not made.kwargs  # with dtype= it may hold less of a number
        chain.is_exact = isinstance(last.type, Sequence) or plain and _holds_floats(last)
        return chain

    def _trace(self, block: Block, atom: Atom, chain: _Chain) -> Atom | None:
        """What is not made in a block by writes alone, and leads to `atom` there; None where several things do."""
        while isinstance(atom, Var) and self.indices.blocks.get(atom) is block:
            chain.versions.add(atom)
            stmt = self.indices.made.get(atom)
            match stmt:
                case Op() if stmt.fn in WRITES:
                    chain.writes.append(stmt)
                    atom = stmt.args[0]
                case If():
                    k = stmt.outs.index(atom)
                    first, second = (self._trace(arm, arm.results[k], chain) for arm in (stmt.then, stmt.orelse))
                    if first is None or first is not second:
                        return None
                    atom = first
                case Loop():
                    k = stmt.outs.index(atom) - 1
                    if k >= len(stmt.inits):
                        return atom
                    if self._trace(stmt.body, stmt.body.results[k + 1], chain) is not stmt.carried[k]:
                        return None
                    chain.versions.add(stmt.carried[k])
                    atom = stmt.inits[k]
                case _:
                    return atom
        return atom

    # elements

    def path(self, read: Op, chain: _Chain) -> tuple[Atom, list[Atom]]:
        """The version from which an element is read, and the indices one after the other; none where it is of no version."""
        version, path = read.args[0], [read.args[1]]
        while version not in chain.versions:
            made = self.indices.made.get(version) if isinstance(version, Var) else None
            if not isinstance(made, Op) or made.fn != "operator.getitem" or not self.indices.are_ints(made.args[1]):
                return version, []
            version, path = made.args[0], [made.args[1], *path]
        return version, path

    def within(self, write: Op) -> Op | None:
        """The write to the element that a write puts back: in t[i] = setitem(t[i], j, v), the inner one."""
        inner = self.indices.made.get(write.args[-1]) if isinstance(write.args[-1], Var) else None
        read = self.indices.made.get(inner.args[0]) if isinstance(inner, Op) and inner.fn in ELEMENTS else None  # type: ignore[arg-type]
        if write.fn != "operator.setitem" or not isinstance(read, Op) or read.fn != "operator.getitem":
            return None
        same = read.args[0] is write.args[0] and atom_key(read.args[1]) == atom_key(write.args[1])
        return inner if same and self.indices.are_ints(write.args[1]) else None  # type: ignore[return-value]

    def place(self, write: Op) -> list[Atom]:
        """The indices, one after the other, of what a write changes."""
        inner = self.within(write)
        return [write.args[1]] if inner is None else [write.args[1], *self.place(inner)]

    def written_value(self, write: Op, chain: _Chain) -> tuple[Var | None, list[Atom]]:
        """What a write sets one element to, right after it was made, and where; None of other writes."""
        if write.fn != "operator.setitem":
            return None, []
        path = self.place(write)
        while (inner := self.within(write)) is not None:
            write = inner
        value = write.args[-1]
        if write.fn != "operator.setitem" or not isinstance(value, Var) or not self.indices.are_ints(path[-1]):
            return None, path
        if self.indices.blocks.get(value) is not self.indices.blocks[write.out]:
            return None, path
        base = write.args[0].type
        if isinstance(base, Array):
            rest = base.shape[len(self.indices.items(path[-1])) :] if isinstance(base.shape, tuple) else None
            fits = chain.is_exact and isinstance(value.type, Array) and value.type.shape == rest
            return value if fits else None, path
        return value if isinstance(base, Sequence) else None, path

    def stays(self, version: Atom, path: list[Atom], chain: _Chain) -> bool:
        """Whether no write after a version touches what a path leads to in it."""
        return isinstance(version, Var) and all(
            self._misses(write, version, path, len(chain.home)) for write in chain.writes
        )

    def _misses(self, write: Op, version: Var, path: list[Atom], home: int) -> bool:
        if write.fn == "list.append":
            return self._is_counted(path[0])
        if write.fn not in ELEMENTS or isinstance(write.out.type, Sequence) and write.args[1].type != INT:
            return False
        indices, other = self.indices, self.place(write)
        mine, theirs = indices.loops.get(version, ()), indices.loops[write.out]
        common = next((k for k, (a, b) in enumerate(zip(mine, theirs)) if a is not b), min(len(mine), len(theirs)))
        if indices.place[write.out] > indices.place.get(version, -1) and not indices.are_apart(
            path, other, common, None
        ):
            return False
        return all(indices.are_apart(path, other, level, level) for level in range(home, common))

    def _is_counted(self, index: Atom) -> bool:
        """Whether an index counts from the start of a list, so that what is appended does not move it."""
        at = self.indices.number(index)
        return at is not None and self.indices.is_positive(at)


def _holds_floats(array: Var) -> bool:
    t = array.type
    return isinstance(t, Array) and t.dtype == "float"
