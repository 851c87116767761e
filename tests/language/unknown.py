"""What is refused because only the run could tell: what shares data, what is an array, what type a variable has."""

COPY = "copy one of them: `y = x.copy()`"
ANNOTATE = "annotate the arguments (`x: float`, `x: np.ndarray`), or copy: `y = x.copy()`"
CHANGED = "its data with another name, if it is an array, and is changed in place here"
NUMPY = "use a function of NumPy's"
ARRAY = "annotate the argument, if it is an array: `x: np.ndarray`"

UNKNOWN: dict[str, tuple[str, str, str]] = {
    "view_by_a_condition_written": (
        "import numpy as np\n\ndef f(x: np.ndarray, u: np.ndarray):\n    y = x if x[0] > 0 else u\n    y[0] = 1.0\n"
        "    return np.sum(x * y)\n",
        "and is still used after this write",
        COPY,
    ),
    "reshaped_array_written": (
        "import numpy as np\n\ndef f(x: np.ndarray):\n    flat = x.reshape(-1)\n    x[0] = 2.0\n"
        "    return np.sum(x * x) + np.sum(flat)\n",
        "and is still used after this write",
        COPY,
    ),
    "element_of_unknown_kind_kept": (
        "def f(x, u, i):\n    z = u[i]\n    u[0] = x\n    return z * u[1]\n",
        "unless it is a number, and is still used after this write",
        ANNOTATE,
    ),
    "array_of_no_dimension_under_two_names": (
        "import numpy as np\n\ndef f(x: float):\n    s = np.where(x > 0, x, 2 * x)\n    t = s\n    for i in range(3):\n"
        "        s += x * i\n    return s * t\n",
        " is another name of an array of no dimension, to which a loop or a branch adds",
        "write `s = s + ...`",
    ),
    "array_of_no_dimension_kept": (
        "import numpy as np\n\ndef f(x: float):\n    s = np.where(x > 0, x, 2 * x)\n    kept = []\n"
        "    for i in range(3):\n        s += x * i\n        kept.append(s)\n    return s * kept[0]\n",
        " is an array of no dimension, which a loop adds to and keeps under another name",
        "write `s = s + ...`",
    ),
    "name_of_unknown_kind_changed": (
        "def f(x, u, v):\n    z = u if u is v else v\n    z *= x\n    return u * z\n",
        f"shares {CHANGED}",
        "write `z = z ...`, or annotate the arguments",
    ),
    "item_of_unknown_kind_changed": (
        "def f(x, u, i):\n    items = [u, x]\n    items[i] += x\n    return items[0] * u\n",
        "the element that is changed here is the same data as another name's, if it is an array",
        "write `xs[i] = xs[i] + y`, or annotate the arguments",
    ),
    "part_read_before_a_write": (
        "import math\n\ndef put(z, c):\n    for i in range(2):\n        kept = c[0]\n        c[0] = z\n    return c[0]\n\n"
        "def f(x, couple):\n    if x:\n        s = put(3, couple[1])\n        for function in [math.tanh]:\n"
        "            s = function(s)\n    elif couple[0]:\n        pass\n    return x\n",
        "was read before a write to what it is a part of, and may be a view of it",
        ANNOTATE,
    ),
    "object_in_two_slots_written": (
        "import numpy as np\n\ndef f(x: np.ndarray, n: int):\n    rows = [x, x]\n    rows[n][0] = 2.0\n"
        "    return np.sum(rows[0])\n",
        "may be the same object",
        "put a copy into the container: `y = x.copy()`",
    ),
    "array_without_a_name_written": (
        "def f(x: float):\n    (2 * x)[0] = 1.0\n    return x\n",
        "this writes to a value that has no name, or is not the function's own",
        "assign a copy to a variable first",
    ),
    "out_without_a_name": (
        "import numpy as np\n\ndef f(x: np.ndarray):\n    np.sin(x, out=2 * x)\n    return np.sum(x)\n",
        "`out=` needs an array that has a name",
        "assign it to a variable first",
    ),
    "number_walked_through": (
        "import math\n\ndef f(x):\n    y = math.sin(x)\n    for e in x:\n        y += e\n    return y\n",
        "a number cannot be looped over",
        ARRAY,
    ),
    "length_of_a_number": (
        "import math\n\ndef f(x):\n    return math.sin(x) * len(x)\n",
        "a number has no len()",
        ARRAY,
    ),
    "element_of_a_number": (
        "def f(x: float):\n    return x[0] * x[0]\n",
        "a number has no elements",
        ARRAY,
    ),
    "list_beside_what_is_unknown": (
        "def f(x, y):\n    return sum([x] + y)\n",
        "a list is an operand here: whether it is joined to another, or is an array, is not known",
        "annotate the arguments, or write np.array([...])",
    ),
    "ellipsis_of_unknown_ranks": (
        "import numpy as np\n\ndef f(x, A):\n    return np.sum(np.einsum('...i,i->...', A, x))\n",
        "np.einsum with '...' needs to know the ranks of its operands here",
        'declare them: `x: Annotated[np.ndarray, "n d"]`, or write the letters out',
    ),
    "read_before_it_is_assigned": (
        "def f(x: float):\n    y = z + x\n    z = x\n    return y\n",
        "is used before it is assigned",
        "assign it first",
    ),
    "function_of_an_iteration": (
        "import math\n\ndef f(x: float, n: int):\n    g = math.sin\n    for i in range(n):\n        g = math.cos\n    return g(x)\n",
        "is another function, or a tuple of another length, in each iteration",
        "define a function before the loop; annotate a tuple (`x: tuple[float, float]`); collect values in a list",
    ),
    "type_of_an_iteration": (
        "def f(x: float, n: int):\n    y = {}\n    for i in range(n):\n        y = {'a': y}\n    return x\n",
        "a variable of this loop is of another type in each iteration",
        "give its variables one type throughout",
    ),
    "method_of_an_array": (
        "import numpy as np\n\ndef f(x: np.ndarray):\n    return np.sum(x.tobytes())\n",
        "of an array is not supported",
        NUMPY,
    ),
    "method_of_unknown": (
        "def f(x, items):\n    items.push(x)\n    return x\n",
        "of this value is not supported",
        f"{NUMPY}; if it is an object, annotate the argument with its class, or pass its attributes",
    ),
}
# in forward mode these are differentiated
UNKNOWN_IN_REVERSE: dict[str, tuple[str, str, str]] = {
    "joined_by_shapes_unknown": (
        "import numpy as np\n\ndef f(x: float, couple):\n    line = np.concatenate([np.ones(3), np.sin(couple[1]) * x])\n"
        "    return couple[0] + line[1] * x + np.sum(line)\n",
        "needs to know the shapes of its arguments here",
        'declare them: `x: Annotated[np.ndarray, "n d"]`',
    ),
    "slice_of_what_may_be_a_list": (
        "def f(x):\n    x[1:] = [1.0, 2.0]\n    return x[0]\n",
        "an assignment to a slice of what may be a list has no derivative",
        "annotate it, if it is an array (`x: np.ndarray`); assign a list's elements one by one",
    ),
    "slice_that_is_written_through": (
        "def f(x: float, model):\n    part = model['w'][1:]\n    part[0] = x\n    return sum(model['w'])\n",
        "this writes to a slice of what may be an array or a list, which gives a list of its own",
        "annotate the arguments (`x: float`, `x: np.ndarray`), or copy: `y = x.copy()`",
    ),
}
