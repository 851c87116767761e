"""Horner's scheme over a sequence."""


def horner(coefficients: list[float], x: float) -> float:
    y = 0.0
    for c in coefficients:
        y = y * x + c
    return y


WRT = "x"
ARGS = ([1.0, -2.0, 0.5, 3.0], 1.3)

# output
