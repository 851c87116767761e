"""Some iterations are left early."""

def alternate(x: float, n: int) -> float:
    s = 1.0
    for i in range(n):
        if i % 2 == 0:
            continue
        s = s * x + i
    return s


WRT = "x"
ARGS = (0.7, 5)

# output
def alternate_grad(x, n):
    tape = []
    s = 1.0
    for i in range(n):
        tape.append(s)
        if i % 2 == 0:
            continue
        s = s * x + i
    s_bar = 1.0
    x_bar = 0.0
    for i in reversed(range(n)):
        s = tape.pop()
        if i % 2 != 0:
            x_bar += s_bar * s
            s_bar = x * s_bar
    return x_bar
