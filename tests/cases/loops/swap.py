"""Two carried values that change places."""

def fibonacci(a: float, b: float, n: int) -> float:
    for i in range(n):
        a, b = b, a * b
    return b


WRT = ("a", "b")
ARGS = (1.1, 0.9, 4)

# output
