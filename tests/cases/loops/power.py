"""A product of equal factors."""

def power(x: float, n: int) -> float:
    y = 1.0
    for i in range(n):
        y = y * x
    return y


WRT = "x"
ARGS = (1.3, 5)
MORE_ARGS = ((1.3, 0),)

# output
