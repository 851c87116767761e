"""A value from before a loop is used after it."""

def f(x: float) -> float:
    g = x * x
    s = 0.0
    for i in range(3):
        s = s * x + i
    return s * g


WRT = "x"
ARGS = (0.7,)

# output
