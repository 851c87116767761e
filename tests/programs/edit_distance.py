"""The edit distance of two words, with a smooth minimum, as a table of rows."""

import math


def smooth_minimum(values, temperature):
    lowest = min(values)
    return lowest - temperature * math.log(sum(math.exp((lowest - v) / temperature) for v in values))


def edit_distance(substitution, gap, temperature, first="kitten", second="sitting"):
    """What it costs to make one word of the other."""
    rows = [[j * gap for j in range(len(second) + 1)]]
    for i, a in enumerate(first, start=1):
        row = [i * gap]
        for j, b in enumerate(second, start=1):
            changed = rows[-1][j - 1] + (0.0 if a == b else substitution)
            row.append(smooth_minimum((changed, rows[-1][j] + gap, row[-1] + gap), temperature))
        rows.append(row)
    return rows[-1][-1]


WRT = ("substitution", "gap", "temperature")
ARGS = (1.0, 0.8, 0.3)
MORE_ARGS = [(0.7, 0.9, 0.2, "ab", "b")]
