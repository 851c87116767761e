"""What is refused: a module with a function `f`, what the message says, and the way out, its hint."""

REFUSED: dict[str, tuple[str, str, str]] = {
    "generator": (
        "def squares(x):\n    yield x\n    yield x * x\n\ndef f(x):\n    g = squares(x)\n    return sum(g)\n",
        "squares is a generator",
        "loop over its call, or build a list, and return it",
    ),
    "generator_without_end_listed": (
        "def up(x):\n    while True:\n        yield x\n        x = x + 1\n\ndef f(x: float):\n    return sum(up(x))\n",
        "up never ends",
        "leave a loop over it with `break`",
    ),
    "largest_of_the_arrays_of_a_generator": (
        "def rows(x):\n    for v in x:\n        yield [v, v]\n\ndef f(x: list[float]):\n    return max(rows(x))[0]\n",
        "max() of arrays that a generator yields is not supported",
        "loop over them",
    ),
    "generator_left_with_an_else": (
        "def up(x):\n    for i in range(3):\n        yield x * i\n\ndef f(x: float):\n    for y in up(x):\n"
        "        if y > 1:\n            break\n    else:\n        y = x\n    return y\n",
        "an `else` after a loop over a generator that may be left is not supported",
        "test what the loop found with `if`",
    ),
    "iterator_that_never_ends": (
        "from itertools import count\n\ndef f(x: float):\n    return sum(a * x for a, b in zip(count(), count()))\n",
        "a zip() of what never ends has no end",
        "use `while True`",
    ),
    "other_iterator": (
        "from itertools import groupby\n\ndef f(x):\n    return sum(len(list(g)) * k for k, g in groupby(x))\n",
        "itertools.groupby is not supported here",
        "write a loop",
    ),
    "sorted_by_four": (
        "def f(x: list[float]):\n    return sorted([(v, v, v, v) for v in x])[0][0]\n",
        "sorting by tuples is supported for pairs and triples",
        "sort by one number at a time, the last one first",
    ),
    "iterator_used_again": (
        "def f(x):\n    z = zip(x, x[1:])\n    return sum(a * b for a, b in z) * len(list(z))\n",
        "z may be walked through more than once",
        "make it a list: `z = list(...)`",
    ),
    "view_of_a_dict_that_changes": (
        "def f(x: float):\n    d = {'a': x}\n    values = d.values()\n    d['b'] = x * x\n    return sum(values)\n",
        "what values walks through is changed before the walk is over",
        "make it a list: `values = list(...)`",
    ),
    "iterator_kept_in_a_list": (
        "def f(x):\n    z = [map(abs, x)]\n    return sum(z[0])\n",
        "this iterator is kept, and may be walked through later",
        "make it a list: `list(...)`",
    ),
    "generator_itself": ("def f(x):\n    yield x\n", "f is a generator", "build a list, and return it"),
    "await_expression": (
        "def f(x):\n    async def g():\n        return await x\n    return x\n",
        "await is not supported",
        "call a plain function",
    ),
    "inner_class": (
        "def f(x):\n    class A:\n        pass\n    return x\n",
        "`class` is not supported",
        "define the class outside of the function",
    ),
    "except_star": (
        "def f(x: float):\n    try:\n        y = x\n    except* ValueError:\n        y = 0.0\n    return y\n",
        "`except*` is not supported",
        "use a plain `except`",
    ),
    "global_written": (
        "n = 0\n\ndef f(x):\n    global n\n    n = x\n    return x\n",
        "the global n is written to",
        "return the value, and assign it outside",
    ),
    "try_around_a_recursion": (
        "def fall(x, n):\n    if n == 0:\n        return x\n    return fall(x / (x - n), n - 1)\n\n"
        "def f(x: float, n: int):\n    try:\n        y = fall(x, n)\n"
        "    except ZeroDivisionError:\n        y = 0.0\n    return y\n",
        "raises an exception that is caught is only known when it runs",
        "return a value that says so, or test for the condition with `if`",
    ),
    "raise_through_a_condition": (
        "def root(x):\n    if x < 0:\n        raise ValueError(x)\n    return x**0.5\n\n"
        "def f(x: float):\n    try:\n        while root(x) < 3.0:\n            x = 2 * x\n"
        "    except ValueError:\n        x = -x\n    return x\n",
        "leaves a part of an expression on its way to its handler",
        "call the function in a statement of its own",
    ),
    "raise_through_a_with": (
        "import math\n\nclass Scaled:\n    def __init__(self, x):\n        self.x = x\n\n"
        "    def __enter__(self):\n        return self\n\n"
        "    def __exit__(self, *error):\n        self.x = 2 * self.x\n\n"
        "def f(x: float):\n    scaled = Scaled(x)\n    try:\n        with scaled:\n            y = math.log(x)\n"
        "    except ValueError:\n        y = 0.0\n    return y * scaled.x\n",
        "leaves this `with` on its way to its handler",
        "put the try into the `with`",
    ),
    "exception_as_a_value": (
        "def f(x: float):\n    try:\n        if x > 0:\n            raise ValueError(x)\n    except ValueError as e:\n"
        "        x = 2 * e.args[0]\n    return x\n",
        "what an exception holds is used as a value",
        "name the value itself",
    ),
    "leaving_finally": (
        "def f(x: float):\n    try:\n        y = x\n    finally:\n        return 2 * x\n",
        "leaving a `finally` is not supported",
        "return after the try",
    ),
    "with_open": (
        "def f(x):\n    with open('log') as file:\n        file.write('x')\n    return x\n",
        "`with open()` is not supported",
        "pass the data as an argument",
    ),
    "errstate_that_raises": (
        "import numpy as np\n\ndef f(x):\n    with np.errstate(all='raise'):\n        return 1 / x\n",
        "np.errstate that raises or calls is not supported",
        "test for the condition with `if`",
    ),
    "return_out_of_own_with": (
        "class M:\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        pass\n\n"
        "def f(x):\n    with M():\n        return x\n",
        "a return, break or continue that leaves this `with` is not supported",
        "assign the result within it, and leave after it",
    ),
    "match_unknown_class": (
        "class A:\n    pass\n\ndef f(x):\n    match x:\n        case A():\n            return x\n    return 2 * x\n",
        "whether this is of class A is only known when it runs",
        "annotate it with its class",
    ),
    "match_names_in_alternatives": (
        "def f(x: float):\n    match (x, 1):\n        case (a, 1) | (1, a):\n            return a * x\n    return x\n",
        "names within alternatives are not supported",
        "write a case for each",
    ),
    "match_unknown_length": (
        "def f(x: list[float]):\n    match x:\n        case [a, b]:\n            return a * b\n    return x[0]\n",
        "a sequence pattern needs a sequence of known length",
        "test len() with if",
    ),
    "object_returned": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\ndef f(x: float):\n    return A(x)\n",
        "an object of class A is used as a value here",
        "return or pass its attributes; an object cannot leave the function, nor be kept in an array",
    ),
    "attribute_missing": (
        "class A:\n    pass\n\ndef f(x: float):\n    return A().y * x\n",
        "A has no attribute y",
        "assign it before it is read, in __init__ for example",
    ),
    "element_of_a_class_written": (
        "class Body:\n    mass: float\n\ndef f(x, bodies: list[Body]):\n    for body in bodies:\n        body.mass = x\n    return x\n",
        "an object from outside of the function, which others may know, is written to here",
        "pass it as the one argument of its class, or make a new object",
    ),
    "attribute_of_unknown": (
        "def f(x, p):\n    p.y = x\n    return p.y\n",
        "an attribute of an object that is not known is assigned",
        "return the new value; of an argument that is annotated with its class, attributes may be assigned",
    ),
    "outside_object_written": (
        "class A:\n    n = 0\n\na = A()\n\ndef f(x):\n    a.n = x\n    return x\n",
        "an attribute of an object that is not known is assigned",
        "return the new value; of an argument that is annotated with its class, attributes may be assigned",
    ),
    "one_of_two_arguments_written": (
        "class A:\n    x: float\n\ndef f(x: float, a: A, b: A):\n    a.x = x\n    return a.x * b.x\n",
        "which others may know, is written to here",
        "pass it as the one argument of its class, or make a new object",
    ),
    "outside_array_written": (
        "import numpy as np\n\nclass A:\n    w: np.ndarray\n\n"
        "def f(x: float, a: A):\n    a.w[0] = x\n    return a.w.sum()\n",
        "belongs to the outside of the function and is written to here",
        "copy it first: `y = x.copy()`",
    ),
    "merged_object_written": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\ndef f(x: float):\n    a, b = A(x), A(2.0)\n"
        "    c = a if x > 1 else b\n    c.x = x * x\n    return a.x + b.x\n",
        "this object is one or another",
        "make a new object with the new value instead",
    ),
    "original_of_a_merged_object_written": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\ndef f(x: float):\n    a, b = A(x), A(2.0)\n"
        "    c = a if x > 1 else b\n    a.x = x * x\n    return c.x\n",
        "this object is one or another",
        "make a new object with the new value instead",
    ),
    "linked_list": (
        "class Node:\n    def __init__(self, x, rest):\n        self.x = x\n        self.rest = rest\n\n"
        "def f(x: float, n: int):\n    head = None\n    for i in range(n):\n        head = Node(x * i, head)\n"
        "    s = 0.0\n    while head is not None:\n        s += head.x\n        head = head.rest\n    return s\n",
        "a variable of this loop is of another type in each iteration",
        "give its variables one type throughout",
    ),
    "object_of_one_class_or_another": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\nclass B(A):\n    pass\n\n"
        "def f(x: float):\n    a = A(x) if x > 1 else B(x)\n    return a.x\n",
        "is one object or another here",
        "use each in its own branch",
    ),
    "intercepted_attributes": (
        "class A:\n    def __getattr__(self, name):\n        return 1.0\n\ndef f(x):\n    return A().y * x\n",
        "A defines __getattr__",
        "use a plain class or a dataclass",
    ),
    "metaclass": (
        "class M(type):\n    pass\n\nclass A(metaclass=M):\n    pass\n\ndef f(x):\n    A()\n    return x\n",
        "has a metaclass",
        "use a plain class or a dataclass",
    ),
    "library_base": (
        "import threading\n\nclass A(threading.Thread):\n    pass\n\ndef f(x):\n    A()\n    return x\n",
        "A inherits from threading.Thread",
        "use a plain class or a dataclass",
    ),
    "cached_property": (
        "import functools\n\nclass A:\n    @functools.cached_property\n    def y(self):\n        return 2.0\n\n"
        "def f(x):\n    return A().y * x\n",
        "is a cached property",
        "make it a property",
    ),
    "object_that_is_in_lists_before": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\ndef f(x: float, n: int):\n    a = A(x)\n"
        "    found = []\n    for i in range(n):\n        found.append(a)\n    return found[0].x\n",
        "an object that was made before this loop is put into a list",
        "put it into the list where it is made, or make a new object",
    ),
    "object_of_a_list_or_none": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\ndef f(x: float, n: int):\n    found = []\n"
        "    last = None\n    total = 0.0\n    for i in range(n):\n        a = A(x * i)\n        if last is not None:\n"
        "            total += last.x\n        found.append(a)\n        last = a\n    return total\n",
        "the attribute .x is not supported",
        "where objects are in lists, a variable is of one class throughout, and never None",
    ),
    "object_of_a_list_printed": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\ndef f(x: float, n: int):\n"
        "    found = [A(x) for i in range(n)]\n    print(found[0])\n    return found[0].x\n",
        "is used as a value here",
        "use its attributes; objects in lists are dicts in the derivative",
    ),
    "function_in_a_growing_list": (
        "def f(x: float, n: int):\n    found = []\n"
        "    for i in range(n):\n        found.append(lambda v: v * x)\n    return found[0](x)\n",
        "an object or a function is put into a list whose length is only known when it runs",
        "build the list from a known number of elements, or put dicts into it",
    ),
    "objects_by_an_unknown_index": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\nclass B(A):\n    y = 2.0\n\ndef f(x: float, n: int):\n"
        "    table = [A(x), B(2.0)]\n    return table[n].x\n",
        "is indexed by what is only known when it runs",
        "loop over it, or choose with `if`",
    ),
    "recursion_that_assigns": (
        "def f(x: float, n: int):\n    total = 0.0\n\n    def visit(k):\n        nonlocal total\n        if k > 0:\n"
        "            total += x * k\n            visit(k - 1)\n\n    visit(n)\n    return total\n",
        "calls itself, and sees objects, or assigns variables of the function around it",
        "pass it numbers and arrays, and return what it finds",
    ),
    "tuple_repeated": (
        "def f(x, n: int):\n    return sum((x, x * x) * n)\n",
        "a tuple is repeated as often as only the run tells",
        "repeat a list: `[x, y] * n`",
    ),
    "parts_of_an_array_listed": (
        "import numpy as np\n\ndef f(x: np.ndarray):\n    m = np.ones((2, 3)) * x\n    m[:] = [m[1], m[0]]\n"
        "    return np.sum(m * m)\n",
        "a list of parts of an array is written to the array itself: NumPy may write one before it reads the next",
        "make an array of it first: `np.array([...])`",
    ),
    "method_that_reads_itself": (
        "class A:\n    def __init__(self, x):\n        self.x = x\n\n    @property\n    def size(self):\n        return self.size + self.x\n\ndef f(x: float):\n    return A(x).size\n",
        "A.size calls itself, and sees objects, or assigns variables of the function around it",
        "pass it numbers and arrays, and return what it finds",
    ),
    "calls_nested_too_deeply": (
        "import numpy as np\n\ndef more(g):\n    return lambda z: g(z) + 1.0\n\n"
        "def four(g):\n    return more(more(more(more(g))))\n\ndef sixteen(g):\n    return four(four(four(four(g))))\n\n"
        "def f(x: float):\n    return sixteen(sixteen(sixteen(np.sin)))(x)\n",
        "is called within 40 calls of other functions, and each is written out here",
        "make one function of several",
    ),
    "calls_without_number": (
        "def f0(x):\n    return x * x\n\n"
        + "".join(f"def f{k}(x):\n    return f{k - 1}(f{k - 1}(x) + 1.0) * f{k - 1}(x)\n\n" for k in range(1, 9))
        + "def f(x: float):\n    return f8(x)\n",
        "more than 4000 calls are written out here",
        "call the function in a loop, or keep what it gives for the next call",
    ),
    "recursion_of_one_array_twice": (
        "import numpy as np\n\ndef halve(k, a, b):\n    if k > 0:\n        a[0] = a[0] * b[1]\n        halve(k - 1, a, b)\n\ndef f(x: np.ndarray, n: int):\n    y = np.sin(x)\n    halve(n, y, y)\n    return np.sum(y)\n",
        "changes its argument a, and b may be the same data",
        "copy one of them",
    ),
    "recursion_that_changes_a_named_part": (
        "import numpy as np\n\ndef scale(k, rows):\n    if k > 0:\n        rows[0] = rows[0] * k\n        scale(k - 1, rows)\n\ndef f(x: np.ndarray, n: int):\n    rows = [np.sin(x), np.cos(x)]\n    first = rows[0]\n    scale(n, rows)\n    return np.sum(first) + np.sum(rows[0])\n",
        "first is an element of what scale() changes, and is used after it",
        "annotate the arguments (`x: float`, `x: np.ndarray`), or copy: `y = x.copy()`",
    ),
    "recursion_that_changes_a_tuple": (
        "import numpy as np\n\ndef double(k, pair):\n    if k > 0:\n        pair[0][0] = 2.0 * pair[0][0]\n        double(k - 1, pair)\n\ndef f(x: np.ndarray, n: int):\n    pair = (np.sin(x), np.cos(x))\n    double(n, pair)\n    return np.sum(pair[0])\n",
        "double() changes its argument pair, which is made of several values here",
        "pass it an array or a list that has a name",
    ),
    "function_argument": (
        "def f(x, g):\n    return g(x)\n",
        "what is called here is not known",
        "call a function by its name; a function that is an argument cannot be differentiated through",
    ),
    "variable_arguments": ("def f(x, *args):\n    return x\n", "*args is not supported", "take a list instead"),
    "variable_keywords": ("def f(x, **options):\n    return x\n", "**options is not supported", "name the arguments"),
    "unknown_keywords": (
        "def f(x, d):\n    return dict(x=x, **d)\n",
        "`**` needs a dict whose keys are known",
        "write the entries out",
    ),
    "derivative_of_an_inner_function": (
        "import srcdiff\n\ndef f(x: float):\n    return srcdiff.grad(lambda y: y * x)(x)\n",
        "within a function, a derivative is only made of a function that a module defines",
        "define the function at the top level, and pass it what it uses as arguments",
    ),
    "unknown_star": (
        "def f(x, d):\n    g = max\n    return g(*d, x)\n",
        "a starred value needs a known number",
        "write the elements out",
    ),
    "steps_of_a_matrix_from_a_number": (
        "import numpy as np\nfrom typing import Annotated\n\n"
        "def f(x: Annotated[np.ndarray, 'n m']):\n    return np.sum(np.diff(x, prepend=0.0) ** 2)\n",
        "np.diff of a matrix with a number before or after it",
        "use np.concatenate",
    ),
    "steps_of_a_list_of_unknown_length": (
        "def f(x: list[float]):\n    y = list(x)\n    y[::2] = [1.0]\n    return y[0]\n",
        "assigning to a slice with a step",
        "assign the elements in a loop",
    ),
    "list_changed_while_walked": (
        "def f(x):\n    xs = [x]\n    for v in xs:\n        xs.append(v)\n    return x\n",
        "is changed in the loop",
        "loop over a copy: `for x in list(xs)`",
    ),
    "key_removed_unknown": (
        "def f(x: float, k: str):\n    d = {'a': x, 'b': x}\n    d.pop(k)\n    return x\n",
        "removing a key that is only known when it runs",
        "make a new dict without it",
    ),
    "walrus_in_a_comprehension": (
        "def f(x):\n    return sum([(y := x * i) * y for i in range(3)])\n",
        "`:=` in a comprehension",
        "write the loop out",
    ),
    "draw_of_a_varying_distribution": (
        "import numpy as np\n\ndef f(x):\n    return np.random.default_rng(0).normal(x, 1.0)\n",
        "has no derivative",
        "draw from a distribution of constants, and scale the draw: mean + deviation * rng.standard_normal()",
    ),
    "shuffled": (
        "import numpy as np\n\ndef f(x):\n    y = x * np.arange(3.0)\n    np.random.default_rng(0).shuffle(y)\n    return y[0]\n",
        "writes in a way that is not supported",
        "take x[rng.permutation(len(x))]",
    ),
    "eval_call": ("def f(x):\n    return eval('x * x')\n", "eval() is not supported", "write the expression out"),
    "next_call": ("def f(x):\n    return next(iter([x]))\n", "is not supported here", "write a loop"),
    "set_of_numbers": (
        "def f(x: float):\n    return sum({x, 2 * x})\n",
        "has no derivative",
        "use a list, or a dict",
    ),
    "grid_of_numbers": (
        "import numpy as np\n\ndef f(x):\n    return np.sum(np.mgrid[0:x:5j])\n",
        "a grid whose bounds may vary",
        "use np.meshgrid with np.linspace or np.arange, or annotate the bounds with int",
    ),
    "nditer": (
        "import numpy as np\n\ndef f(x):\n    return sum(v * v for v in np.nditer(x))\n",
        "np.nditer is not supported",
        "loop over x.ravel(), or over np.ndindex(x.shape)",
    ),
    "default_dict": (
        "from collections import defaultdict\n\ndef f(x: float):\n    d = defaultdict(lambda: 1.0)\n    d['a'] += x\n"
        "    return d['a']\n",
        "a defaultdict of other than float, int or list is not supported",
        "use a dict, and .setdefault(key, []) or .get(key, 0.0)",
    ),
    "entries_of_a_defaultdict": (
        "from collections import defaultdict\n\ndef f(x, u):\n    sums = defaultdict(float)\n"
        "    for k, z in enumerate(u):\n        sums[k] += z * x\n    return sums[0] * sums[1]\n",
        "is a part of a container that is changed here before it is used",
        "copy it before",
    ),
    "counter_of_a_dict": (
        "from collections import Counter\n\ndef f(x: float):\n    c = Counter({'a': 2})\n    return x * c['a']\n",
        "Counter() of a dict or of keywords is not supported",
        "assign the counts one by one",
    ),
    "star_import": (
        "def f(x):\n    from math import *\n    return x\n",
        "`import *` is not possible",
        "name what you import",
    ),
    "sorted_complex": (
        "import numpy as np\n\ndef f(x: np.ndarray):\n    return np.sum(np.abs(np.sort(x * 1j)))\n",
        "np.sort of complex numbers has no derivative",
        "calculate with their real and imaginary parts",
    ),
    "perhaps_complex": (
        "import numpy as np\n\ndef f(x: np.ndarray):\n    return sum(np.sum(np.abs(p)) for p in np.split(x, 2)) * np.abs(1j * x[0])\n",
        "what may be complex or not has no derivative",
        "annotate the arguments, or make it an array first: `np.array(z, complex)`",
    ),
    "unknown_file": (
        "from elsewhere import g\n\ndef f(x):\n    return g(x)\n",
        "is not found beside this one",
        "pass it as an argument",
    ),
}
