"""A variable of the loop's body has no cotangent before its iteration."""

def f(x: float) -> float:
    a = 0.0
    for i in range(3):
        t = x
        a += t
    return a


WRT = "x"
ARGS = (0.7,)

# output
def f_grad(x):
    x_bar = 0.0
    for _ in range(3):
        x_bar += 1.0
    return x_bar
