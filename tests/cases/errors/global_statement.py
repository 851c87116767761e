"""A function that changes a global."""

total = 0.0


def f(x: float) -> float:
    global total
    total = total + x
    return total * x


WRT = "x"

# error
# global_statement.py:7:5: error: `global` is not supported in a function to be differentiated
#     global total
#     ^^^^^^^^^^^^
# hint: pass the value as an argument and return it
