"""A generator has no derivative."""

def f(x: float):
    yield x


WRT = "x"

# error
# generator.py:4:5: error: f is a generator
#     yield x
#     ^^^^^^^
# hint: build a list, and return it
