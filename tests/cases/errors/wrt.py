"""wrt names no argument."""

def f(x: float) -> float:
    return x


WRT = "y"

# error
# f has no argument 'y'; it has x
