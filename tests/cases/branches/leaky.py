"""An if expression."""

def leaky(x: float, slope: float) -> float:
    return x if x > 0 else slope * x


WRT = ("x", "slope")
ARGS = (1.3, 0.1)
MORE_ARGS = ((-0.7, 0.1),)

# output
