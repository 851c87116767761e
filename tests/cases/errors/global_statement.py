"""A function that changes a global."""

total = 0.0


def f(x: float) -> float:
    global total
    total = total + x
    return total * x


WRT = "x"

# error
