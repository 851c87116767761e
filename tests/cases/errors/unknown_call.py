"""A library that srcdiff does not know."""

import json


def f(x: float) -> float:
    return x * json.loads(str(x))


WRT = "x"

# error
# unknown_call.py:7:16: error: json.loads has no derivative
#     return x * json.loads(str(x))
#                ^^^^^^^^^^^^^^^^^^
# hint: write it with functions that have a derivative, or compute it outside and pass its result as an argument
