"""x**2 has the slope 2x; at 3 it is 6."""

def square(x: float) -> float:
    return x**2


WRT = "x"
ARGS = (3.0,)

# output
def square_grad(x):
    return 2 * x
