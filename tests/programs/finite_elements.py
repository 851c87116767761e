"""Poisson's equation on triangles: local matrices added to the global one, loads by their nodes."""

import numpy as np

TRIANGLES = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])


def midpoint_value(conductivity, points):
    p = points[TRIANGLES]
    e1 = p[:, 1] - p[:, 0]
    e2 = p[:, 2] - p[:, 0]
    det = e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]
    area = 0.5 * np.abs(det)
    g = np.empty((len(TRIANGLES), 3, 2))
    g[:, 1, 0] = e2[:, 1] / det
    g[:, 1, 1] = -e2[:, 0] / det
    g[:, 2, 0] = -e1[:, 1] / det
    g[:, 2, 1] = e1[:, 0] / det
    g[:, 0] = -g[:, 1] - g[:, 2]
    local = conductivity[:, None, None] * area[:, None, None] * np.einsum("eik,ejk->eij", g, g)
    A = np.zeros((5, 5))
    rows = np.repeat(TRIANGLES, 3, axis=1)
    columns = np.tile(TRIANGLES, (1, 3))
    np.add.at(A, (rows, columns), local.reshape(len(TRIANGLES), 9))
    b = np.bincount(TRIANGLES.ravel(), weights=np.repeat(area / 3, 3), minlength=5)
    return b[4] / A[4, 4]


WRT = ("conductivity", "points")
ARGS = (
    np.array([1.0, 2.0, 1.5, 0.7]),
    np.array([[0.0, 0.0], [1.0, 0.1], [1.1, 1.0], [0.0, 0.9], [0.5, 0.45]]),
)
