"""(x**2)**3 as h(g(x)) is 6 x**5."""

def g(x):
    return x**2


def h(u):
    return u**3


def composed(x: float) -> float:
    return h(g(x))


WRT = "x"
ARGS = (1.1,)

# output
def composed_grad(x):
    return 6 * x**5
