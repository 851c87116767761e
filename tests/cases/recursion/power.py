"""The derivative calls itself where the function does."""

def power(x: float, n: int) -> float:
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


WRT = "x"
ARGS = (1.3, 4)
MORE_ARGS = ((1.3, 0),)

# output
def power_value_and_grad(x, n):
    if n == 0:
        return 1.0, 0.0
    t, u = power_value_and_grad(x, n - 1)
    x_bar = x * u + t
    return x * t, x_bar


def power_grad(x, n):
    return power_value_and_grad(x, n)[1]
