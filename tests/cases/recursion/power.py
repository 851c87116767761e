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
    value, value_bar = power_value_and_grad(x, n - 1)
    x_bar = x * value_bar + value
    return x * value, x_bar


def power_grad(x, n):
    return power_value_and_grad(x, n)[1]
