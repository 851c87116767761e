"""One partial derivative of a polynomial in three variables."""

def polynomial(x: float, y: float, z: float) -> float:
    return x**3 * y**2 + 2 * x * y**3 * z**5


WRT = "y"
ARGS = (1.0, 2.0, 0.5)

# output
def polynomial_grad(x, y, z):
    return 2 * x**3 * y + 6 * x * y**2 * z**5
