"""The slope along a direction: forward mode, one sweep."""

def quadratic(x: float, y: float, z: float) -> float:
    return x * y**2 + 3 * x**2 * z


MODE = "jvp"
WRT = ("x", "y", "z")
ARGS = (1.0, 0.5, 2.0, 2.0, 3.0, -1.0)

# output
