"""The derivative calls itself where the function does."""

def power(x: float, n: int) -> float:
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


WRT = "x"
ARGS = (1.3, 4)
MORE_ARGS = ((1.3, 0),)

# output
