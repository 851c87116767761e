"""A recursion over nested tuples: leaves are numbers, nodes are pairs."""


def weighted(tree, depth=0):
    """The sum of the leaves' squares, each halved for every level that it lies deeper."""
    if isinstance(tree, tuple):
        left, right = tree
        return weighted(left, depth + 1) + weighted(right, depth + 1)
    return tree**2 * 0.5**depth


WRT = "tree"
ARGS = (((1.0, (2.0, -3.0)), 0.5),)
MORE_ARGS = ((4.0,),)
