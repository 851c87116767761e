"""The slope of a line does not depend on x."""

def line(x: float) -> float:
    return 3 * x


WRT = "x"
ARGS = (5.0,)

# output
def line_grad(x):
    return 3.0
