"""Merge sort on lists, by recursion, and a sum that discounts by the place."""


def merged(values: list[float]) -> list[float]:
    """The values in order."""
    if len(values) <= 1:
        return values
    middle = len(values) // 2
    left, right = merged(values[:middle]), merged(values[middle:])
    found = []
    while left and right:
        found.append(left.pop(0) if left[0] <= right[0] else right.pop(0))
    return found + left + right


def discounted(values: list[float], rate: float) -> float:
    """The smallest counts most."""
    return sum(rate**place * value for place, value in enumerate(merged(values)))


WRT = ("values", "rate")
ARGS = ([0.5, -0.3, 0.9, 0.1, 0.7], 0.8)
