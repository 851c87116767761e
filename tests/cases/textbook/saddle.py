"""The gradient of a saddle."""

def saddle(x: float, y: float) -> float:
    return 2 * x**2 - y**2


WRT = ("x", "y")
ARGS = (1.0, 2.0)

# output
def saddle_grad(x, y):
    x_bar = 4 * x
    y_bar = -2 * y
    return x_bar, y_bar
