"""A loop's variable starts from a parameter."""

def f(x: float) -> float:
    t = x
    s = 0.0
    while t < 2:
        s += t * t * 0.25
        t += 0.25
    return s


WRT = "x"
ARGS = (0.7,)
MORE_ARGS = ((2.5,),)

# output
