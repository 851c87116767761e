"""Isotonic regression: what violates the order is pooled with what comes before, on stacks."""


def pooled(y, w):
    level = []
    weight = []
    for yi, wi in zip(y, w):
        level.append(yi)
        weight.append(wi)
        while len(level) > 1 and level[-2] > level[-1]:
            l2, w2 = level.pop(), weight.pop()
            l1, w1 = level.pop(), weight.pop()
            level.append((l1 * w1 + l2 * w2) / (w1 + w2))
            weight.append(w1 + w2)
    return sum(l * l * ww for l, ww in zip(level, weight))


WRT = ("y", "w")
ARGS = ([1.0, 3.0, 2.0, 4.0, 3.5, 3.0, 5.0], [1.0, 2.0, 1.0, 0.5, 1.0, 1.0, 2.0])
