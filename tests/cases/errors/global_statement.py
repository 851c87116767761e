"""A function that changes a global."""

total = 0.0


def f(x: float) -> float:
    global total
    total = total + x
    return total * x


WRT = "x"

# error
# global_statement.py:8:5: error: the global total is written to
#     total = total + x
#     ^^^^^^^^^^^^^^^^^
# hint: return the value, and assign it outside
