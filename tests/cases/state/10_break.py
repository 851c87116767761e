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
def f_grad(x):
    tape = []
    s = 1.0
    for i in range(4):
        s += x * x
        tape.append(s)
        if s > 5:
            break
        s = s * x
    s_bar = 1.0
    x_bar = 0.0
    while tape:
        s = tape.pop()
        if not s > 5:
            x_bar += s_bar * s
            s_bar = x * s_bar
        x_bar += 2 * x * s_bar
    return x_bar
