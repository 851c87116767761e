"""Horner's scheme over a sequence."""


def horner(coefficients: list[float], x: float) -> float:
    y = 0.0
    for c in coefficients:
        y = y * x + c
    return y


WRT = "x"
ARGS = ([1.0, -2.0, 0.5, 3.0], 1.3)

# output
def horner_grad(coefficients, x):
    tape = []
    y = 0.0
    for c in coefficients:
        tape.append(y)
        y = y * x + c
    y_bar = 1.0
    x_bar = 0.0
    while tape:
        y = tape.pop()
        x_bar += y_bar * y
        y_bar = x * y_bar
    return x_bar
