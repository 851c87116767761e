"""Helpers for structures: zeros, sums and copies of floats, arrays and containers of them."""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np


def zeros_like(x):
    """A zero of the same structure: floats, arrays, lists, tuples and dicts of them; None where nothing can vary."""
    if isinstance(x, dict):
        return {key: zeros_like(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        zeros = [0.0 if type(value) is float else zeros_like(value) for value in x]
        return type(x)(*zeros) if hasattr(x, "_fields") else type(x)(zeros)  # type: ignore[arg-type]
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, np.result_type(x, 0.0))
    if isinstance(x, (int, float, np.bool_)):
        return 0.0
    if isinstance(x, (complex, np.number)):
        return x * 0.0
    return with_fields(x, {}) if type(x).__module__ != "builtins" and not callable(x) else None


def zero_vector(x):
    """Zeros for the numbers of an array, list or tuple, to be added to one by one."""
    return np.zeros(x.shape, np.result_type(x, 0.0)) if isinstance(x, np.ndarray) else [0.0] * len(x)


def zero_arrays(x):
    """Zeros for the arrays, lists or tuples in an array, list or tuple, to be added to one by one."""
    if isinstance(x, (list, tuple)):
        return [0.0 if type(value) is float else zero_arrays(value) for value in x]
    return zeros_like(x)


def fields(x):
    """The names of an object's attributes."""
    slots = [name for cls in type(x).__mro__ for name in vars(cls).get("__slots__", ()) if hasattr(x, name)]
    return getattr(x, "_fields", None) or [*getattr(x, "__dict__", ()), *slots]


def with_fields(x, entries):
    """The derivative of the object x: its attributes' derivatives by name, and zeros for those that are left out."""
    values = {name: entries[name] if name in entries else zeros_like(getattr(x, name)) for name in fields(x)}
    if hasattr(x, "_fields"):
        return type(x)(**values)
    result = object.__new__(type(x))
    for name, value in values.items():
        object.__setattr__(result, name, value)
    return result


def entries_of(x):
    """The attributes of an object's derivative, by name."""
    return {name: getattr(x, name) for name in fields(x)}


def add_field(x, name, v):
    """The derivative x of an object with v added to one of its attributes."""
    return with_fields(x, {**{n: getattr(x, n) for n in fields(x)}, name: add(getattr(x, name), v)})


def add(x, y):
    """The sum of two cotangents of one structure."""
    if x is None or y is None:
        return y if x is None else x
    if isinstance(x, (float, np.ndarray)):
        return x + y
    if isinstance(x, dict):
        if x.keys() == y.keys():
            merged = {}
            for key, a in x.items():
                b = y[key]
                merged[key] = a + b if isinstance(a, (float, np.ndarray)) and b is not None else add(a, b)
            return merged
        return {key: add(x.get(key), y.get(key)) for key in {**x, **y}}
    if isinstance(x, (list, tuple)):
        sums = [a + b if type(a) is type(b) is float else add(a, b) for a, b in zip(x, y, strict=True)]
        return type(x)(*sums) if hasattr(x, "_fields") else type(x)(sums)  # type: ignore[arg-type]
    if fields(x):
        return with_fields(x, {name: add(getattr(x, name), getattr(y, name)) for name in fields(x)})
    return x + y


def copy(x):
    """A copy that shares no array or container with x."""
    if isinstance(x, dict):
        return {key: copy(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        copies = [value if type(value) is float else copy(value) for value in x]
        return type(x)(*copies) if hasattr(x, "_fields") else type(x)(copies)  # type: ignore[arg-type]
    return x.copy() if isinstance(x, np.ndarray) else x


def add_at(x, index, v):
    """The array, list, tuple or dict x with v added to x[index]."""
    if isinstance(x, np.ndarray):
        x = x.copy()
        np.add.at(x, index, v)
        return x
    items = dict(x) if isinstance(x, dict) else list(x)
    old = items[index]
    items[index] = old + v if type(old) is type(v) is float else add(old, v)
    return tuple(items) if isinstance(x, tuple) else items


def replaced(x, index, v):
    """The array, list, tuple or dict x with v in the place of x[index]."""
    items = list(x) if isinstance(x, tuple) else x.copy()
    items[index] = v
    if isinstance(x, tuple):
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    return items


def add_slice(x, index, v):
    """The array, list or tuple x with the items of v added to those of x[index]."""
    if isinstance(x, np.ndarray):
        x = x.copy()
        x[index] += v
        return x
    items = list(x)
    pairs = zip(items[index], v, strict=True)
    items[index] = [a + b if type(a) is type(b) is float else add(a, b) for a, b in pairs]
    return tuple(items) if isinstance(x, tuple) else items


def flip(x):
    """A list, or an array's rows, in reverse."""
    return x[::-1]


def last_written(z_bar, index):
    """z_bar[index], but 0 where a later element of the index names the same place: `z[index] = v` keeps the last."""
    if not isinstance(z_bar, np.ndarray):
        return z_bar[index]
    count = np.arange(z_bar[index].size).reshape(z_bar[index].shape)
    writer = np.empty(z_bar.shape, int)
    writer[index] = count
    return z_bar[index] * (writer[index] == count)


def astype(x, dtype):
    return x.astype(dtype) if hasattr(x, "astype") else np.dtype(dtype).type(x)


def complete(entries, x):
    """The derivative of the container x: its entries, by key or a tuple of the first, and zeros for those left out."""
    if len(entries) == len(x) and type(entries) is type(x):
        return entries
    if isinstance(entries, tuple):
        entries = dict(enumerate(entries))
    if isinstance(x, dict):
        return {
            key: entries[key] if key in entries else 0.0 if isinstance(value, (int, float)) else zeros_like(value)
            for key, value in x.items()
        }
    if isinstance(x, np.ndarray):
        result = zeros_like(x)
        for i, value in entries.items():
            result[i] = value
        return result
    items = [entries[i] if i in entries else zeros_like(value) for i, value in enumerate(x)]
    return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)


def raised(kinds, function, *args, **options):
    """The exception of these kinds that a call raises."""
    try:
        function(*args, **options)
    except kinds as error:
        return error
    return None


def raises(kinds, function, *args, **options):
    """Whether a call raises an exception of these kinds."""
    try:
        function(*args, **options)
    except kinds:
        return True
    except Exception:  # the function itself will say so
        return False
    return False
