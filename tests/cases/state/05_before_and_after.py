"""A value from before a loop is used after it."""

def f(x: float) -> float:
    g = x * x
    s = 0.0
    for i in range(3):
        s = s * x + i
    return s * g


WRT = "x"
ARGS = (0.7,)

# output
def f_grad(x):
    g = x * x
    tape = []
    s_prev = 0.0
    for i in range(3):
        tape.append(s_prev)
        s_prev = s_prev * x + i
    s_bar = g
    x_bar = 0.0
    while tape:
        s = tape.pop()
        x_bar += s_bar * s
        s_bar = x * s_bar
    return x_bar + 2 * x * s_prev
