"""Shortest paths by Floyd and Warshall's algorithm, on lists of lists."""


def mean_distance(weights):
    n = len(weights)
    dist = [row[:] for row in weights]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if dist[i][k] + dist[k][j] < dist[i][j]:
                    dist[i][j] = dist[i][k] + dist[k][j]
    return sum(sum(row) for row in dist) / n**2


WRT = "weights"
ARGS = ([[0.1, 3.0, 8.0], [2.0, 0.2, 1.5], [0.7, 6.0, 0.3]],)

# output
import numpy as np

from srcdiff.runtime import add, zero_arrays, zeros_like


def mean_distance_grad(weights):
    assert all(
        isinstance(row, list) and np.ndim(row) == 1 for row in weights
    ), "weights must hold lists of numbers"
    n = len(weights)
    dist = [row[:] for row in weights]
    tape = []
    for k in range(n):
        inner_tape = []
        for i in range(n):
            tape2 = []
            for j in range(n):
                dist_i = dist[i]
                dist_i_j = dist_i[k] + dist[k][j]
                below = dist_i_j < dist_i[j]
                tape2.append(below)
                if below:
                    dist_i[j] = dist_i_j
            inner_tape.append(tape2)
        tape.append(inner_tape)
    total_bar = 1 / n**2
    dist_bar = zeros_like(dist)
    for l in range(len(dist)):
        dist_bar[l] = add(dist_bar[l], [total_bar] * len(dist[l]))
    for k in reversed(range(n)):
        inner_tape = tape.pop()
        for i in reversed(range(n)):
            tape2 = inner_tape.pop()
            for j in reversed(range(n)):
                below = tape2.pop()
                if below:
                    dist_i_bar = dist_bar[i]
                    dist_i_j_bar = dist_i_bar[j]
                    dist_i_bar[j] = 0.0
                else:
                    dist_i_j_bar = 0.0
                dist_bar[k][j] += dist_i_j_bar
                dist_bar[i][k] += dist_i_j_bar
    weights_bar = zero_arrays(weights)
    for l, dist_item_bar in zip(range(n), dist_bar):
        weights_bar[l][:] = [a + b for a, b in zip(weights_bar[l], dist_item_bar)]
    return weights_bar
