"""Three pieces, assigned and not returned."""

def piecewise(x: float) -> float:
    if x < 0:
        y = x**2
    elif x < 1:
        y = x**3
    else:
        y = 3 * x - 2
    return y * x


WRT = "x"
ARGS = (0.4,)
MORE_ARGS = ((-1.1,), (2.3,))

# output
def piecewise_grad(x):
    if x < 0:
        y = x**2
        return y + 2 * x * x
    elif x < 1:
        y = x**3
    else:
        y = 3 * x - 2
    if x < 1:
        return y + 3 * x**3
    return y + 3 * x
