"""Two carried values that change places."""

def fibonacci(a: float, b: float, n: int) -> float:
    for i in range(n):
        a, b = b, a * b
    return b


WRT = ("a", "b")
ARGS = (1.1, 0.9, 4)

# output
def fibonacci_grad(a, b, n):
    tape = []
    for i in range(n):
        tape.append((b, a))
        a, b = b, a * b
    a_bar = 0.0
    b_bar = 1.0
    while tape:
        b, a = tape.pop()
        a_bar, b_bar = b_bar * b, a_bar + b_bar * a
    return a_bar, b_bar
