"""A gradient: at (1, 0, 2) it is (12, 0, 3)."""

def quadratic(x: float, y: float, z: float) -> float:
    return x * y**2 + 3 * x**2 * z


WRT = ("x", "y", "z")
ARGS = (1.0, 0.0, 2.0)

# output
def quadratic_grad(x, y, z):
    x_bar = y**2 + 6 * x * z
    y_bar = 2 * x * y
    z_bar = 3 * x**2
    return x_bar, y_bar, z_bar
