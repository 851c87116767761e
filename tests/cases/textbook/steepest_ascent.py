"""The direction of steepest ascent of a bowl; zero at the minimum."""

def bowl(x: float, y: float) -> float:
    return 0.5 * x**2 + y**2


WRT = ("x", "y")
ARGS = (-0.8, 0.4)
MORE_ARGS = ((0.0, 0.0),)

# output
def bowl_grad(x, y):
    y_bar = 2 * y
    return x, y_bar
