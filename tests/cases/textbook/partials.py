"""The two partial derivatives of a product of powers."""

def product(x: float, z: float) -> float:
    return 2 * z**3 * x**2


WRT = ("x", "z")
ARGS = (1.5, -0.7)

# output
def product_grad(x, z):
    x_bar = 4 * x * z**3
    z_bar = 6 * x**2 * z**2
    return x_bar, z_bar
