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

# output
def det_forward(rows):
    """The determinant, expanded along the first row."""
    if len(rows) == 1:
        return rows[0][0], None
    tape = []
    total = 0.0
    for j in range(len(rows)):
        rows_rest = rows[1:]
        inner_tape = [row[:j] + row[j + 1 :] for row in rows_rest]
        power = (-1) ** j
        value, residuals = det_forward(inner_tape)
        total += power * rows[0][j] * value
        tape.append((inner_tape, power, value, residuals))
    return total, tape


def det_reverse(rows, residuals, y_bar):
    if len(rows) == 1:
        rows_bar = [[0.0] * len(row) for row in rows]
        rows_bar[0][0] += y_bar
        return rows_bar
    rows_bar = [[0.0] * len(row) for row in rows]
    for j, (minor, power, value, residuals) in zip(reversed(range(len(rows))), reversed(residuals)):
        minor_bar = det_reverse(minor, residuals, y_bar * power * rows[0][j])
        rows_bar[0][j] += y_bar * value * power
        for i, minor_item_bar in zip(range(1, len(rows)), minor_bar):
            row_bar = rows_bar[i]
            row_bar[j + 1 :] = [a + b for a, b in zip(row_bar[j + 1 :], minor_item_bar[j:])]
            row_bar[:j] = [a + b for a, b in zip(row_bar[:j], minor_item_bar[:j])]
    return rows_bar


def det_grad(rows):
    """The gradient of det with respect to rows.

    det: The determinant, expanded along the first row."""
    _, residuals = det_forward(rows)
    return det_reverse(rows, residuals, 1.0)
