"""A loop's target is assigned again."""

def f(x: float) -> float:
    s = 0.0
    for i in range(3):
        i = i * 2 + 1
        s += x**i
    return s


WRT = "x"
ARGS = (1.3,)

# output
def f_grad(x):
    x_bar = 0.0
    for i in range(3):
        i = 2 * i + 1
        x_bar += i * x ** (i - (i != 0))
    return x_bar
