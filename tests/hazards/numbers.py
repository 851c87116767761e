"""Hazards of rules, shapes and dtypes."""

import numpy as np

from tests.hazards.registry import hazard


@hazard(35, (np.array([1.0, 2.0]), np.array([[0.5, 1.5], [2.5, 3.5]])))
def methods(x, w):
    return (w.T.dot(x).reshape(2, 1) * 3).sum() * x.sum()


@hazard(36, (np.array([[1.0], [2.0], [3.0]]), np.array([[0.5, 1.5, -1.0, 2.0]])))
def broadcast_both(x, w):
    return (x * w * x).sum()


@hazard(36, (np.array([2.0]), np.array([0.5, 1.5, -1.0])))
def broadcast_one(x, w):
    return (x * w).sum() * x[0]


@hazard(36, (np.array(2.0), np.array([0.5, 1.5, -1.0])))
def broadcast_zero_dimensions(x, w):
    return (x * x * w).sum()


@hazard(37, np.array([[3.0, 4.0, 1.0], [5.0, 6.0, 2.0]]))
def cumsum_axis(x):
    return (np.cumsum(x, axis=1) * x).sum()


@hazard(37, np.array([[3.0, 4.0, 1.0], [5.0, 6.0, 2.0]]))
def tensordot_axes(x):
    return (np.tensordot(x, x, axes=([0], [0])) * 0.5).sum()


@hazard(37, np.array([[3.0, 4.0, 1.0], [5.0, 6.0, 2.0]]))
def negative_axes_and_keepdims(x):
    return (x / x.sum(axis=-1, keepdims=True) * x.mean(axis=(0, -1))).sum()


@hazard(37, np.array([[3.0, 4.0, 1.0], [5.0, 6.0, 2.0]]))
def ddof(x):
    return np.std(x, axis=1, ddof=1).sum()


@hazard(37, np.array([3.0, 4.0, 1.0]))
def where_and_initial(x):
    return np.sum(x * x, where=np.array([True, False, True]), initial=2.0)


@hazard(38, np.array([1, 2, 3]), expect=np.array([2.0, 4.0, 6.0]))
def integer_argument(x):
    return (x * x).sum()


@hazard(39, np.array([1.0, 2.0]))
def output_not_scalar(x):
    return x * x


@hazard(40, np.array([1.0, 2.5, 4.0], np.float32))
def single_precision(x):
    s = 0.0
    for i in range(2):
        s += x.mean() * np.max(x) * 0.5
    return s + np.std(x)


@hazard(41, 1.3)
def complex_between(x):
    return np.abs(x + 1j * x * x)


@hazard(42, np.array([1.0, 2.5, 4.0]))
def softmax(x):
    e = np.exp(x - np.max(x))
    p = e / e.sum()
    return -np.log(p[1])


@hazard(43, np.array([2.0, 5.0, 5.0]), expect=np.array([0.0, 0.5, 0.5]))
def ties_in_max(x):
    return np.max(x)


@hazard(43, 2.0, expect=1.0)
def tie_in_maximum(x):
    return np.maximum(x, 4 - x) + x


@hazard(44, np.array([0.0, 0.0]), expect=np.array([0.0, 0.0]))
def squared_norm_at_zero(x):
    return np.linalg.norm(x) ** 2


@hazard(44, 0.0, expect=0.0)
def abs_at_zero(x):
    return np.abs(x)


@hazard(45, np.array([0.0, 4.0]), expect=np.array([0.0, 0.25]))
def branch_not_taken(x):
    return np.where(x > 0, np.sqrt(x), 0).sum()


@hazard(46, 0.0, -1.3)
def square_at_zero(x):
    return x**2 + x**0


@hazard(46, (-1.3, 3), (0.0, 2))
def integer_power_of_a_negative_base(x, n):
    return x**n


@hazard(46, 0.0, 1.3)
def power_in_the_exponent(x):
    return 2.0**x


@hazard(46, 1.3)
def zero_to_a_power(x):
    return 0**x + x


@hazard(47, np.array([0.0, 2.0, 3.0]), np.array([0.0, 0.0, 3.0]))
def product_with_zeros(x):
    return np.prod(x)


@hazard(47, np.array([0.0, 2.0, 3.0]))
def cumulative_product_with_zeros(x):
    return np.cumprod(x).sum()


@hazard(48, 0.7)
def dead_code(x):
    unused = np.sqrt(x - 0.7)  # noqa: F841
    return x * x


@hazard(49, (0.7, 2.0), expect=np.log(2.0))
def shortcut(x, y):
    return 0.0 if x == 0 else x * np.log(y)


@hazard(49, (0.0, 2.0), expect=0.0)
def shortcut_taken(x, y):
    return 0.0 if x == 0 else x * np.log(y)


@hazard(50, np.array([[4.0, 1.0], [1.0, 3.0]]))
def cholesky(x):
    return np.linalg.cholesky(x).sum()


@hazard(50, np.array([[4.0, 1.0], [1.0, 3.0]]))
def eigenvalues(x):
    w, v = np.linalg.eigh(x)
    return w[0] * w[1] ** 2 + v[0, 0] * v[1, 0]


@hazard(50, np.eye(2), expect=np.array([[2.0, 0.0], [0.0, 2.0]]))
def repeated_singular_values(x):
    return (np.linalg.svd(x, compute_uv=False) ** 2).sum()


@hazard(52, 1.3)
def conversions(x):
    return float(x) * int(x) + np.round(x) * x


@hazard(52, np.array([1.3, 2.0]))
def item(x):
    return x[0].item() * x[1]
