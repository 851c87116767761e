"""A sum whose terms do not depend on each other needs no tape."""

def series(x: float, n: int) -> float:
    s = 0.0
    for i in range(n):
        s += x**i / (i + 1)
    return s


WRT = "x"
ARGS = (0.7, 4)

# output
def series_grad(x, n):
    x_bar = 0.0
    for i in range(n):
        x_bar += i * x ** (i - (i != 0)) / (i + 1)
    return x_bar
