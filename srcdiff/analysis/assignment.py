"""Which variables may be unassigned: some path has given them no value, and only the others read it.

for row in A:
    if row[0] > 0:
        value = row; break        value: unassigned where no row is found
"""

from __future__ import annotations

from srcdiff.ir.nodes import UNDEF, Atom, Block, If, Lit, Loop, Var
from srcdiff.ir.walk import blocks_of


def perhaps_unassigned(body: Block) -> set[Var]:
    """The results of branches and the variables of loops that no path before them need have assigned, to a fixpoint."""
    found: set[Var] = set()
    tapes: set[Var] = set()  # some of whose elements may be
    while True:
        before = len(found) + len(tapes)
        _block(body, found, tapes)
        if len(found) + len(tapes) == before:
            return found


def _block(block: Block, found: set[Var], tapes: set[Var]) -> None:
    def absent(atom: Atom) -> bool:
        return atom in found if isinstance(atom, Var) else isinstance(atom, Lit) and atom.value is UNDEF

    for stmt in block.body:
        if isinstance(stmt, Loop):
            found.update(t for t, it in zip(stmt.targets, stmt.iters) if it.seq in tapes)
            n, results = len(stmt.inits), stmt.body.results
            for i, (init, carried) in enumerate(zip(stmt.inits, stmt.carried)):
                if absent(init) or absent(results[i + 1]):
                    found.update([carried, stmt.outs[i + 1]])
                    found.update([stmt.cond.params[i]] if stmt.cond is not None else [])
            tapes.update(out for out, result in zip(stmt.outs[n + 1 :], results[n + 1 :]) if absent(result))
        for inner in blocks_of(stmt):
            _block(inner, found, tapes)
        if isinstance(stmt, If):
            pairs = zip(stmt.outs, stmt.then.results, stmt.orelse.results)
            found.update(out for out, a, b in pairs if absent(a) or absent(b))
