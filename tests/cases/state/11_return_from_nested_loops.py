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
def f_grad(x):
    tape = []
    s = x
    returned = False
    for i in range(3):
        inner_tape = []
        left = False
        for j in range(2):
            s_prev = s
            s = s * x + j
            inner_tape.append((s_prev, s))
            if s > 4:
                left = True
                break
        tape.append(inner_tape)
        if left:
            returned = True
            break
    if returned:
        value = 1.0
        s_bar = 0.0
    else:
        value = 0.0
        s_bar = 1.0
    x_bar = 0.0
    while tape:
        inner_tape = tape.pop()
        while inner_tape:
            s_prev, s = inner_tape.pop()
            if s > 4:
                s_bar += x * value
                x_bar += value * s
                value = 0.0
            x_bar += s_bar * s_prev
            s_bar = x * s_bar
    return x_bar + s_bar
