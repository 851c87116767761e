"""A module of the user's that another one imports."""

SLOPE = 1.5


def cube(x):
    return x**3


class Line:
    def __init__(self, slope):
        self.slope = slope

    def at(self, x):
        return self.slope * x + SLOPE
