"""Central differences, an oracle that shares no code with srcdiff."""

import copy

import numpy as np


def leaves(tree):
    """The numbers and arrays of a nested container, in order (a dict's by key)."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key])]
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree]


def gradient(f, args, index, step=1e-6):
    """The derivative of the scalar f(*args) by args[index], of the argument's own structure."""

    def value(arg):
        full = copy.deepcopy(list(args))
        full[index] = copy.deepcopy(arg)
        return f(*full)

    def difference(rebuild, arg):
        return (value(rebuild(arg + step)) - value(rebuild(arg - step))) / (2 * step)

    def visit(arg, rebuild):
        if isinstance(arg, dict):
            return {k: visit(v, lambda new, k=k: rebuild({**arg, k: new})) for k, v in arg.items()}
        if isinstance(arg, (list, tuple)):
            kind = type(arg)
            return kind(
                visit(v, lambda new, i=i: rebuild(kind([*arg[:i], new, *arg[i + 1 :]]))) for i, v in enumerate(arg)
            )
        if isinstance(arg, bool):
            return 0.0
        if np.ndim(arg) == 0:
            return difference(rebuild, arg)
        out = np.zeros(np.shape(arg))
        for i in np.ndindex(*np.shape(arg)):

            def moved(new, i=i):
                whole = np.array(arg, float)
                whole[i] = new
                return rebuild(whole)

            out[i] = difference(moved, float(arg[i]))
        return out

    return visit(args[index], lambda new: new)


def directional(f, args, tangents, step=1e-6):
    """The derivative of each output of f along the tangents (index of the argument -> direction)."""

    def along(arg, direction, s):
        if isinstance(arg, dict):
            return {k: along(arg[k], direction[k], s) for k in arg}
        if isinstance(arg, (list, tuple)):
            return type(arg)(along(a, d, s) for a, d in zip(arg, direction))
        return arg + s * direction

    def at(s):
        moved = [along(a, tangents[i], s) if i in tangents else copy.deepcopy(a) for i, a in enumerate(args)]
        return leaves(f(*moved))

    return [(np.asarray(up) - down) / (2 * step) for up, down in zip(at(step), at(-step))]


def assert_close(got, want, rtol=1e-5, atol=1e-6):
    """Equal structure, shapes and, nearly, numbers."""
    got, want = leaves(got), leaves(want)
    assert len(got) == len(want)
    for g, w in zip(got, want):
        assert np.shape(g) == np.shape(w), f"shape {np.shape(g)} where {np.shape(w)} is right"
        np.testing.assert_allclose(g, w, rtol=rtol, atol=atol)
