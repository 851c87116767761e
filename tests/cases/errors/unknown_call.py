"""A library that srcdiff does not know."""

import json


def f(x: float) -> float:
    return x * json.loads(str(x))


WRT = "x"

# error
