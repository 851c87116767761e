"""A constant term leaves the slope as it is."""

def shifted(x: float) -> float:
    return x**2 + 3


WRT = "x"
ARGS = (1.0,)

# output
def shifted_grad(x):
    return 2 * x
