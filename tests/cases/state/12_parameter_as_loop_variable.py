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
def f_grad(x):
    tape = []
    t = x
    while t < 2:
        tape.append(t)
        t = t + 0.25
    t_bar = 0.0
    while tape:
        t = tape.pop()
        t_bar += 0.5 * t
    return t_bar
