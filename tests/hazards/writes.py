"""Hazards of mutation, aliasing, indexing and containers."""

import numpy as np

from tests.hazards.registry import hazard


@hazard(20, np.array([3.0, 4.0, 5.0]))
def overwritten_element(x):
    y = np.zeros(3)
    y[0] = x[0]
    y[0] = 2 * x[1]
    return y.sum()


@hazard(21, np.array([3.0, 4.0, 5.0]))
def self_update(x):
    y = x * x
    for i in range(3):
        y[i] = y[i] * 5
    return (y * y).sum()


@hazard(22, np.array([3.0, 4.0, 5.0]))
def two_names_of_one_array(x):
    y = 2 * x
    z = y
    z += x * x
    return (y * y).sum()


@hazard(23, np.array([3.0, 4.0, 5.0]))
def write_through_a_view(x):
    y = 2 * x
    v = y[1:3]
    v[0] = x[0] ** 2
    return (y * y).sum()


@hazard(23, np.array([3.0, 4.0, 5.0]))
def view_read_after_the_base_was_written(x):
    y = 2 * x
    v = y[1:3]
    y[1] = x[0] ** 2
    return (v * v).sum()


@hazard(23, np.array([[3.0, 4.0], [5.0, 6.0]]))
def write_through_a_transpose(x):
    y = 2 * x
    t = y.T
    t[0, 1] = x[0, 0] ** 2
    return (y * y).sum()


@hazard(23, np.array([[3.0, 4.0], [5.0, 6.0]]))
def write_through_ravel(x):
    y = np.zeros((2, 2))
    y += x
    flat = y.ravel()
    flat[1] = x[0, 0] ** 2
    return (y * y).sum()


@hazard(24, np.array([3.0, 4.0, 5.0]))
def constant_changed_after_use(x):
    w = np.ones(3)
    y = x * w
    w *= 5
    return y.sum()


@hazard(25, np.array([3.0, 4.0, 5.0]))
def work_buffer(x):
    buf = np.zeros(3)
    s = 0.0
    for i in range(3):
        buf[:] = i + 1
        s += (x * buf).sum()
    return s


@hazard(26, np.array([3.0, 4.0, 5.0]))
def augmented_subscripts(x):
    y = np.ones((2, 2))
    y[0, 1] += x[0]
    y[0, 1] *= x[1]
    y[1, 0] -= y[0, 1]
    return (y * y).sum()


@hazard(27, np.array([3.0, 4.0, 5.0]))
def out_argument(x):
    y = np.zeros(3)
    np.multiply(x, x, out=y)
    return y.sum()


@hazard(28, np.array([3.0, 4.0, 5.0]))
def argument_written(x):
    x[0] = x[0] * x[1]
    return (x * x).sum()


@hazard(29, np.array([3.0, 4.0, 5.0]))
def cotangents_that_share_memory(x):
    y = x
    z = x
    return y.sum() + (z * z).sum()


@hazard(30, np.array([1.0, 2.0]))
def duplicate_gather(x):
    y = x[[0, 0, 1]]
    return (y * y).sum()


@hazard(31, np.array([1.0, 2.0, 4.0]))
def duplicate_scatter(x):
    y = np.zeros(2)
    y[[0, 0, 1]] += x
    return (y * y).sum()


@hazard(32, np.array([1.0, 2.0, 4.0, 3.0]))
def two_slices(x):
    return (x[::2] * x[::-2]).sum()


@hazard(33, np.array([1.0, 2.0, 4.0]))
def chained_subscripts(x):
    return x[1:][0] * x[1:][1]


@hazard(34, 1.3)
def list_comprehension(x):
    values = [x * i for i in range(4)]
    return sum(values) * values[2]


@hazard(34, np.array([1.0, 2.0]))
def concatenate(x):
    y = np.concatenate([[x[0]], x])
    return (y * y).sum()


@hazard(34, 1.3)
def writes_to_containers(x):
    d = {"a": x}
    values = [x, x]
    for i in range(2):
        d["a"] = d["a"] * x
        values[i] = values[i] * d["a"]
    return values[0] + values[1] * d["a"]
