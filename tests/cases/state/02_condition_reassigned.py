"""The condition's variable is reassigned in its own branch."""

def f(x: float) -> float:
    if x > 1:
        x = x * 0.1
        y = x * x
    else:
        y = 3 * x
    return y


WRT = "x"
ARGS = (1.5,)
MORE_ARGS = ((0.5,),)

# output
def f_grad(x):
    if x > 1:
        return 0.2 * (0.1 * x)
    return 3.0
