"""A branch in a loop, decided by the carried value."""

def logistic_map(x: float, r: float, n: int) -> float:
    for i in range(n):
        if x < 0.5:
            x = r * x
        else:
            x = r * (1 - x) * x
    return x


WRT = ("x", "r")
ARGS = (0.3, 1.9, 6)

# output
def logistic_map_grad(x, r, n):
    tape = []
    for i in range(n):
        tape.append(x)
        if x < 0.5:
            x = r * x
        else:
            x = r * (1 - x) * x
    x_bar = 1.0
    r_bar = 0.0
    while tape:
        x = tape.pop()
        if x < 0.5:
            r_bar += x_bar * x
            x_bar = r * x_bar
        else:
            product_bar = x_bar * x
            r_bar += product_bar * (1 - x)
            x_bar = r * (x_bar * (1 - x) - product_bar)
    return x_bar, r_bar
