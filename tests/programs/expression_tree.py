"""A little interpreter: expressions are nested tuples, evaluated by recursion."""

import math


def evaluate(tree, env):
    """The value of ("add", a, b), ("mul", a, b), ("exp", a), ("var", name) or ("const", c)."""
    kind = tree[0]
    if kind == "const":
        return tree[1]
    if kind == "var":
        return env[tree[1]]
    if kind == "add":
        return evaluate(tree[1], env) + evaluate(tree[2], env)
    if kind == "mul":
        return evaluate(tree[1], env) * evaluate(tree[2], env)
    if kind == "exp":
        return math.exp(evaluate(tree[1], env))
    raise ValueError(f"unknown expression {kind}")


WRT = "env"
ARGS = (
    ("add", ("mul", ("var", "x"), ("exp", ("mul", ("const", 0.5), ("var", "y")))), ("var", "x")),
    {"x": 1.3, "y": -0.4},
)
