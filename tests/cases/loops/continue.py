"""Some iterations are left early."""

def alternate(x: float, n: int) -> float:
    s = 1.0
    for i in range(n):
        if i % 2 == 0:
            continue
        s = s * x + i
    return s


WRT = "x"
ARGS = (0.7, 5)

# output
