"""An if expression."""

def leaky(x: float, slope: float) -> float:
    return x if x > 0 else slope * x


WRT = ("x", "slope")
ARGS = (1.3, 0.1)
MORE_ARGS = ((-0.7, 0.1),)

# output
def leaky_grad(x, slope):
    if x > 0:
        x_bar = 1.0
        slope_bar = 0.0
    else:
        x_bar = slope
        slope_bar = x
    return x_bar, slope_bar
