"""The two partial derivatives of a product of powers."""

def product(x: float, z: float) -> float:
    return 2 * z**3 * x**2


WRT = ("x", "z")
ARGS = (1.5, -0.7)

# output
