"""What a reverse takes of its forward has the names of there; the arms of a branch use names again."""

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

# output
import math

import numpy as np

from srcdiff.runtime import add_at, zeros_like


def evaluate_forward(tree, env):
    """The value of ("add", a, b), ("mul", a, b), ("exp", a), ("var", name) or ("const", c)."""
    kind = tree[0]
    if kind == "const":
        return tree[1], None
    if kind == "var":
        return env[tree[1]], None
    if kind == "add":
        value, residuals = evaluate_forward(tree[1], env)
        value2, residuals2 = evaluate_forward(tree[2], env)
        return value + value2, (residuals, residuals2)
    if kind == "mul":
        value, residuals = evaluate_forward(tree[1], env)
        value2, residuals2 = evaluate_forward(tree[2], env)
        return value * value2, (value, residuals, value2, residuals2)
    if kind == "exp":
        value, residuals = evaluate_forward(tree[1], env)
        e = math.exp(value)
        return e, (residuals, e)
    raise ValueError(f"unknown expression {kind}")


def evaluate_reverse(tree, residuals, y_bar, env_bar):
    kind = tree[0]
    if kind == "const":
        return env_bar
    if kind == "var":
        return add_at(env_bar, tree[1], y_bar)
    if kind == "add":
        residuals, residuals2 = residuals
        env_bar = evaluate_reverse(tree[2], residuals2, y_bar, env_bar)
        return evaluate_reverse(tree[1], residuals, y_bar, env_bar)
    if kind == "mul":
        value, residuals, value2, residuals2 = residuals
        env_bar = evaluate_reverse(tree[2], residuals2, y_bar * value, env_bar)
        return evaluate_reverse(tree[1], residuals, y_bar * value2, env_bar)
    if kind == "exp":
        residuals, e = residuals
        return evaluate_reverse(tree[1], residuals, y_bar * e, env_bar)
    return env_bar


def evaluate_grad(tree, env):
    """The gradient of evaluate with respect to env.

    evaluate: The value of ("add", a, b), ("mul", a, b), ("exp", a), ("var", name) or ("const", c)."""
    value, residuals = evaluate_forward(tree, env)
    assert np.ndim(value) == 0, f"evaluate must return a scalar, not an array of shape {np.shape(value)}"
    return evaluate_reverse(tree, residuals, 1.0, zeros_like(env))
