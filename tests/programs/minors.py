"""The determinant by minors: recursion over slices of lists."""


def det(rows: list[list[float]]) -> float:
    """The determinant, expanded along the first row."""
    if len(rows) == 1:
        return rows[0][0]
    total = 0.0
    for j in range(len(rows)):
        minor = [row[:j] + row[j + 1 :] for row in rows[1:]]
        total += (-1) ** j * rows[0][j] * det(minor)
    return total


WRT = "rows"
ARGS = ([[0.3, 2.0, -1.0], [1.5, -0.4, 0.8], [-2.0, 1.1, 0.6]],)
