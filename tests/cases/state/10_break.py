"""A break in the middle of a body."""

def f(x: float) -> float:
    s = 1.0
    for i in range(4):
        s += x * x
        if s > 5:
            break
        s *= x
    return s


WRT = "x"
ARGS = (1.3,)
MORE_ARGS = ((0.4,),)

# output
