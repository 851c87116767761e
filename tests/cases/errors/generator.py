"""A generator has no derivative."""

def f(x: float):
    yield x


WRT = "x"

# error
# f is a generator; only plain functions are differentiated
