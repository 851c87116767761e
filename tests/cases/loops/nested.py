"""The inner loop's length varies."""

def triangle(x: float, n: int) -> float:
    s = 1.0
    for i in range(n):
        for j in range(i + 1):
            s = s * x + j
    return s


WRT = "x"
ARGS = (0.7, 3)

# output
