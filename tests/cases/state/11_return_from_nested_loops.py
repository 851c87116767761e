"""A return from two loops at once."""

def f(x: float) -> float:
    s = x
    for i in range(3):
        for j in range(2):
            s = s * x + j
            if s > 4:
                return s * x
    return s


WRT = "x"
ARGS = (1.5,)
MORE_ARGS = ((0.5,),)

# output
