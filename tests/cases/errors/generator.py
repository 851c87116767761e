"""A generator has no derivative."""

def f(x: float):
    yield x


WRT = "x"

# error
