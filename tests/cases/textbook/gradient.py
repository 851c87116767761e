"""A gradient: at (1, 0, 2) it is (12, 0, 3)."""

def quadratic(x: float, y: float, z: float) -> float:
    return x * y**2 + 3 * x**2 * z


WRT = ("x", "y", "z")
ARGS = (1.0, 0.0, 2.0)

# output
