"""The inner loop's length varies."""

def triangle(x: float, n: int) -> float:
    s = 1.0
    for i in range(n):
        for j in range(i + 1):
            s = s * x + j
    return s


WRT = "x"
ARGS = (0.7, 3)

# output
def triangle_grad(x, n):
    tape = []
    s = 1.0
    for i in range(n):
        inner_tape = []
        for j in range(i + 1):
            inner_tape.append(s)
            s = s * x + j
        tape.append(inner_tape)
    s_bar = 1.0
    x_bar = 0.0
    while tape:
        inner_tape = tape.pop()
        while inner_tape:
            s = inner_tape.pop()
            x_bar += s_bar * s
            s_bar = x * s_bar
    return x_bar
