"""The rank of a page, by power iteration on weights of links."""

import numpy as np


def pagerank(W, d=0.85, iters=20, target=1):
    n = W.shape[0]
    Wn = W / W.sum(axis=0)
    r = np.ones(n) / n
    while iters > 0:
        r_new = d * Wn @ r + (1 - d) / n
        if np.abs(r_new - r).sum() < 1e-14:
            break
        r = r_new
        iters -= 1
    return r[target]


WRT = "W"
ARGS = (np.random.default_rng(1).random((4, 4)) + 0.1,)
