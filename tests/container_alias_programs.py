"""Programs that put one object into two slots of a container, or move objects between slots, and write through them."""

from tests.alias_programs import X, program


def rows_of(x):
    return [[x[0], x[1]], [x[1], x[2]], [x[2], x[3]]]


@program(X)
def slots_swapped(x):
    m = rows_of(x)
    m[0], m[2] = m[2], m[0]
    m[0][0] = 3 * x[1]
    return m[0][0] * m[2][0] ** 2


@program(X, 1, 2)
def slots_swapped_by_a_name(x, i: int, j: int):
    m = [[v, 2 * v] for v in x]
    kept = m[i]
    m[i] = m[j]
    m[j] = kept
    m[i][0] = 3 * x[1]
    return m[i][0] * m[j][0] ** 2


@program(X)
def slots_swapped_in_a_loop(x):
    m = [[v, 2 * v] for v in x]
    for i in range(3):
        m[i], m[i + 1] = m[i + 1], m[i]
        m[i][0] += 3 * x[1]
    return m[0][0] * m[1][0] ** 2 + m[3][0]


@program(X)
def slots_shifted(x):
    m = rows_of(x)
    m[2] = m[1]
    m[1] = m[0]
    m[0] = [m[2][0], 1.0]
    m[0][0] *= 3.0 * m[1][1]
    return m[0][0] * m[1][0] ** 2 * m[2][0]


@program(X, 1)
def slots_in_another_order(x, i: int):
    m = [[v, 2 * v] for v in x]
    m.insert(i, [1.0, 2.0])
    m = m + [[x[0]]]
    m.reverse()
    m = sorted(m, key=lambda row: row[0])
    m[1][0] = 7.0 * m[0][0]
    return sum(row[0] ** 2 for row in m)


@program(X)
def twice_in_a_list(x):
    row = [x[0], x[1]]
    m = [row, row]
    m[0][0] = 3 * x[2]
    return m[1][0]


@program(X)
def array_twice_in_a_list(x):
    row = 2 * x
    m = [row, row]
    m[0][0] = 3.0
    return m[1].sum()


@program(X)
def repeated_list(x):
    m = [[x[0], x[1]]] * 3
    m[0][0] = 3 * x[2]
    return m[1][0] * m[2][1]


@program(X, 3)
def repeated_list_of_unknown_length(x, n: int):
    m = [[x[0], x[1]]] * n
    m[0][0] = 3 * x[2]
    return m[1][0] * m[2][1]


@program(X)
def appended_twice(x):
    m = rows_of(x)
    m.append(m[0])
    m[0][0] = 3 * x[2]
    return m[3][0]


@program(X)
def appended_in_a_loop(x):
    row = [x[0], x[1]]
    m = []
    for _ in range(3):
        m.append(row)
    m[0][1] = 3 * x[2]
    return m[2][1]


@program(X)
def listed_in_a_comprehension(x):
    row = [x[0], x[1]]
    m = [row for _ in range(3)]
    m[0][1] = 3 * x[2]
    return m[2][1]


@program(X)
def two_keys_of_a_dict(x):
    d = {"a": 2 * x}
    d["b"] = d["a"]
    d["b"][0] = 3.0
    return d["a"].sum()


@program(X, 1)
def slot_copied(x, i: int):
    m = [[v, 2 * v] for v in x]
    m[0] = m[i]
    m[i][0] = 3 * x[2]
    return m[0][0]


@program(X)
def slot_copied_twice(x):
    m = rows_of(x)
    m[0], m[1] = m[1], m[1]
    m[0][0] = 3 * x[2]
    return m[1][0]


@program(X)
def slot_copied_for_the_next_iteration(x):
    m = rows_of(x)
    for _ in range(2):
        m[0][0] *= 2.0
        m[1] = m[0]
    return m[0][0] * m[1][0] ** 2


@program(X)
def list_of_one_twice_for_the_next_iteration(x):
    m = [[x[0], 2.0], [1.0, x[1]]]
    for _ in range(2):
        m[0][0] *= 2.0
        m = [m[0], m[0]]
    return m[0][0] * m[1][0] ** 2


@program(X)
def swapped_back_in_one_branch(x):
    m = rows_of(x)
    kept = m[0]
    m[0] = m[1]
    if m[0][0] > 100.0:
        m[1] = kept
    m[0][0] = 3 * x[2]
    return m[1][0]


@program(X)
def list_with_its_elements_copied(x):
    m = rows_of(x)
    m[0] = m[1]
    n = m[:]
    n[0][0] = 5 * x[2]
    return n[1][0] ** 2


@program(X, 1)
def one_of_a_tuple(x, i: int):
    a, b = [x[0]], [x[1]]
    one = (a, b)[i]
    one[0] = 7 * x[2]
    return a[0] * b[0]


def twice_at_the_end(x, n):
    row = [x, 2 * x]
    if n > 0:
        return twice_at_the_end(x * 1.5, n - 1)
    return [row, row]


@program(X, 2)
def twice_in_what_a_recursion_gives(x, n: int):
    m = twice_at_the_end(x[0], n)
    m[0][0] = 3 * x[2]
    return m[1][0]


# those of these that are refused
REFUSED = {f.__name__ for f in (
    twice_in_a_list, array_twice_in_a_list, repeated_list, repeated_list_of_unknown_length, appended_twice,
    appended_in_a_loop, listed_in_a_comprehension, two_keys_of_a_dict, slot_copied, slot_copied_twice,
    slot_copied_for_the_next_iteration, list_of_one_twice_for_the_next_iteration, swapped_back_in_one_branch,
    list_with_its_elements_copied, one_of_a_tuple, twice_in_what_a_recursion_gives,
)}  # fmt: skip
