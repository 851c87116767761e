"""The slope along a direction: forward mode, one sweep."""

def quadratic(x: float, y: float, z: float) -> float:
    return x * y**2 + 3 * x**2 * z


MODE = "jvp"
WRT = ("x", "y", "z")
ARGS = (1.0, 0.5, 2.0, 2.0, 3.0, -1.0)

# output
def quadratic_jvp(x, y, z, x_dot, y_dot, z_dot):
    power = y**2
    power_x = x**2
    total = power * x_dot + 2 * x * y * y_dot + 6 * x * z * x_dot + z_dot * (3 * power_x)
    return x * power + 3 * power_x * z, total
