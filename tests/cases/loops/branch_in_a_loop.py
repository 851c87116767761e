"""A branch in a loop, decided by the carried value."""

def logistic_map(x: float, r: float, n: int) -> float:
    for i in range(n):
        if x < 0.5:
            x = r * x
        else:
            x = r * (1 - x) * x
    return x


WRT = ("x", "r")
ARGS = (0.3, 1.9, 6)

# output
