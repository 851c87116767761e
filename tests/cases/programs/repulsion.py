"""Differences of all pairs are calculated again rather than kept for each step; columns that are cut out are there."""

import numpy as np


def repelled(pos, steps):
    for _ in range(steps):
        x = pos[:, 0:1]
        y = pos[:, 1:2]
        dx = x.T - x
        dy = y.T - y
        weight = 1 / (1 + dx**2 + dy**2)
        pos = pos - 0.1 * np.hstack((np.sum(dx * weight, axis=1)[:, None], np.sum(dy * weight, axis=1)[:, None]))
    return np.sum(pos[:, 0] ** 2)


WRT = "pos"
ARGS = (np.array([[0.0, 0.3], [1.0, 0.1], [-0.4, 0.8]]), 3)

# output
import numpy as np


def repelled_grad(pos, steps):
    assert pos.ndim == 2, f"pos must be a matrix, not of shape {np.shape(pos)}"
    assert pos.shape[1] == 2, "pos must have 2 columns"
    tape = []
    for _ in range(steps):
        x = pos[:, 0:1]
        y = pos[:, 1:2]
        dx = x.T - x
        dy = y.T - y
        weight = 1 / (1 + dx**2 + dy**2)
        tape.append((pos, weight))
        joined = np.hstack((np.sum(dx * weight, axis=1)[:, None], np.sum(dy * weight, axis=1)[:, None]))
        pos = pos - 0.1 * joined
    pos_bar = np.zeros_like(pos, dtype=np.result_type(pos, 0.0))
    pos_bar[:, 0] = 2 * pos[:, 0]
    while tape:
        pos, weight = tape.pop()
        x = pos[:, 0:1]
        y = pos[:, 1:2]
        dx = x.T - x
        dy = y.T - y
        joined_bar = -0.1 * pos_bar
        joined_part_bar = joined_bar[:, 0:1]
        joined_part2_bar = joined_bar[:, 1:2]
        product_weight = joined_part2_bar * weight
        product = joined_part_bar * weight
        product_dx = 2 * (joined_part_bar * dx + joined_part2_bar * dy) * weight * weight
        product_dy = product_dx * dy
        product2 = product_dx * dx
        transposed = np.sum(product_weight - product_dy, axis=0, keepdims=True).T
        transposed_weight = np.sum(product - product2, axis=0, keepdims=True).T
        pos_bar[:, 1:2] += transposed + np.sum(product_dy - product_weight, axis=1, keepdims=True)
        pos_bar[:, 0:1] += transposed_weight + np.sum(product2 - product, axis=1, keepdims=True)
    return pos_bar
