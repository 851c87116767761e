"""The derivatives of a first course in calculus for deep learning, each as srcdiff prints it."""

import math

import srcdiff


def square(x: float) -> float:
    return x**2


def shifted_square(x: float) -> float:
    return x**2 + 3


def line(x: float) -> float:
    return 3 * x


def product(x: float, z: float) -> float:
    return 2 * z**3 * x**2


def polynomial(x: float, y: float, z: float) -> float:
    return x**3 * y**2 + 2 * x * y**3 * z**5


def quadratic(x: float, y: float, z: float) -> float:
    return x * y**2 + 3 * x**2 * z


def saddle(x: float, y: float) -> float:
    return 2 * x**2 - y**2


def bowl(x: float, y: float) -> float:
    return 0.5 * x**2 + y**2


def cube_of_square(x: float) -> float:
    return (x**2) ** 3


def sine_of_square(x: float) -> float:
    return math.sin((4 * x) ** 2)


def log_polynomial(x: float) -> float:
    return math.log(1 + 3 * x + 5 * x**2)


def growth(x: float, a: float) -> float:
    return math.exp(a * x)


def log_sum_exp(x: float, y: float, z: float, a: float, b: float, c: float) -> float:
    return math.log(math.exp(a * x) + math.exp(b * y) + math.exp(c * z))


def cross_entropy(w1: float, w2: float, w3: float, x1: float, x2: float, x3: float) -> float:
    return math.log(math.exp(w1 * x1) + math.exp(w2 * x2) + math.exp(w3 * x3))


COURSE = [
    ("derivative", square, "x", (3.0,)),
    ("tangent's slope", shifted_square, "x", (1.0,)),
    ("constant slope", line, "x", (5.0,)),
    ("partials", product, ("x", "z"), (1.5, -0.7)),
    ("partial", polynomial, "y", (1.0, 2.0, 0.5)),
    ("gradient", quadratic, ("x", "y", "z"), (1.0, 0.0, 2.0)),
    ("gradient", saddle, ("x", "y"), (1.0, 2.0)),
    ("steepest ascent", bowl, ("x", "y"), (-0.8, 0.4)),
    ("chain rule", cube_of_square, "x", (1.1,)),
    ("chain rule", sine_of_square, "x", (0.3,)),
    ("chain rule", log_polynomial, "x", (0.5,)),
    ("chain rule", growth, "x", (0.5, 2.0)),
    ("chain rule", log_sum_exp, ("x", "y", "z"), (0.1, -0.4, 0.7, 1.0, 2.0, 0.5)),
    ("loss", cross_entropy, "w2", (0.1, -0.4, 0.7, 1.0, 2.0, 0.5)),
]


def main():
    for topic, f, wrt, point in COURSE:
        df = srcdiff.grad(f, wrt=wrt)
        print(f"# {topic}: {f.__name__}, at {point}: {df(*point)}")
        print(df.source)
    slope = srcdiff.jvp(quadratic, wrt=("x", "y", "z"))
    _, along = slope(1.0, 0.0, 2.0, 2.0, 3.0, -1.0)
    print(f"# directional derivative: quadratic, at (1, 0, 2) along (2, 3, -1): {along}")
    print(slope.source)


if __name__ == "__main__":
    main()
