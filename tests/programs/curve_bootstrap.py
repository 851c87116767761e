"""Zero rates bootstrapped from par rates; discount factors in a dict by their tenor."""

import math


def bootstrap(par, tenors):
    dfs = {}
    prev = 0.0
    annuity = 0.0
    for t_, c in zip(tenors, par):
        dt = t_ - prev
        df = (1 - c * annuity) / (1 + c * dt)
        dfs[t_] = df
        annuity += df * dt
        prev = t_
    zero = [-math.log(df) / t for t, df in dfs.items()]
    return sum(z * (i + 1) for i, z in enumerate(zero))


WRT = "par"
ARGS = ([0.02, 0.025, 0.03], [1.0, 2.0, 3.0])
