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
def power_grad(x, n):
    tape = []
    y = 1.0
    for i in range(n):
        tape.append(y)
        y = y * x
    y_bar = 1.0
    x_bar = 0.0
    while tape:
        y = tape.pop()
        x_bar += y_bar * y
        y_bar = x * y_bar
    return x_bar
