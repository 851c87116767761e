"""try around what may raise when it runs, exceptions of one's own, logging."""

import logging
import math

import numpy as np

log = logging.getLogger(__name__)


class ConvergenceError(Exception):
    """It did not converge."""


class OutOfRangeError(ValueError):
    def __init__(self, value, limit=1.0):
        super().__init__(f"{value} > {limit}")


def try_logarithm(x: float):
    try:
        return math.log(x) * x
    except ValueError:
        return x * x


def try_division(x: float):
    try:
        y = x / (x - 1.0)
    except ZeroDivisionError:
        y = 3.0 * x
    return y * y


def try_several(x: float):
    y = 1.0
    try:
        y = x * x
        z = math.sqrt(y - 2.0)
        y = y + math.exp(100.0 * z) / x
    except OverflowError:
        y = y * 2.0
    except (ValueError, ZeroDivisionError):
        y = y * 3.0
    else:
        y = y * 4.0
    finally:
        y = y + x
    return y


def try_key(x: float, key: str):
    table = {"a": x, "b": x * x}
    try:
        found = table[key]
    except KeyError:
        found = x**3
    return found * x


def try_index(x: np.ndarray, i: int):
    try:
        v = x[i]
    except IndexError:
        v = x[-1] * 2.0
    return v * v


def try_cholesky(a: np.ndarray):
    try:
        root = np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        return np.sum(a * a)
    return np.sum(np.log(np.diag(root)))


def try_after_a_write(x: np.ndarray, i: int):
    y = np.zeros(3)
    try:
        y[0] = x[0] * x[1]
        y[i] = x[1] ** 2
        y[0] = 5.0
    except IndexError:
        y[1] = x[0]
    return y[0] + y[1]


def try_in_a_loop(x: float):
    y = 0.0
    for attempt in range(4):
        try:
            y = math.log(x - attempt)
            break
        except ValueError:
            x = x + 0.6
            continue
    return y * x


def try_with_a_branch(x: float, n: int):
    try:
        if n > 0:
            y = x / n
        else:
            y = x * x / n
        y = y * math.sqrt(y)
    except ZeroDivisionError:
        y = x**3
    except ValueError:
        return x * 5.0
    return y


def try_around_a_loop(x: float, n: int):
    total = 0.0
    try:
        for i in range(n):
            total += math.log(x - i)
            x = x * 1.1
    except ValueError:
        total = total * x
    return total


def root_of(v):
    if v < 0:
        raise OutOfRangeError(v)
    return math.sqrt(v)


def both_roots(v):
    w = 2 * v
    return root_of(w - 1) + root_of(w - 2)


def try_around_calls(x: float, n: int):
    best = x
    for i in range(n):
        try:
            best = both_roots(best) * 1.5 + 0.1
        except OutOfRangeError:
            best = best + 0.3
            continue
        best = 0.9 * best
    return best


def try_around_a_comprehension(xs: np.ndarray, low: float):
    try:
        ys = [math.log(x - low) for x in xs]
    except ValueError:
        ys = [x * x for x in xs]
    return sum(ys)


def tries_within_one_another(x: float, n: int):
    total = x
    try:
        for i in range(n):
            try:
                total += math.sqrt(x - i) / (i - 2)
            except ZeroDivisionError:
                total = total * x
            finally:
                total = total * 1.5
            total += 1
    except ValueError:
        total = total * total
    return total


class Stock:
    def __init__(self, amount):
        self.amount = amount
        self.taken = 0.0

    def take(self, part, times):
        for _ in range(times):
            if self.amount < part:
                raise LookupError("not enough")
            self.amount -= part
            self.taken += part * self.amount


def raise_through_loops(x: float, n: int):
    stock, values = Stock(x), np.zeros(3)
    try:
        while True:
            stock.take(0.4 * x, n)
            for k in range(3):
                values[k] += stock.taken
                if values[k] > 2 * x:
                    raise OverflowError
    except LookupError:
        values[0] = values[0] + stock.taken
    except OverflowError:
        values[1] = values[1] * 3
    return np.sum(values * np.arange(1.0, 4.0)) + stock.amount * stock.taken


def raise_through_a_generator(xs: np.ndarray):
    def positive():
        for x in xs:
            if x < 0:
                raise ValueError("negative")
            yield x * x

    total = 0.0
    try:
        for square in positive():
            total += square
    except ValueError:
        total = total * 10.0
    return total


def raise_own_exception(x: float):
    if x < 0:
        raise ConvergenceError(f"{x}")
    if x > 10:
        raise OutOfRangeError(x, limit=10)
    return math.sqrt(x)


def catch_own_exception(x: float):
    try:
        if x > 1.0:
            raise OutOfRangeError(x)
        y = x * x
    except ConvergenceError:
        y = 0.0
    except ValueError:
        y = 3.0 * x
    return y


def exception_printed(x: float):
    try:
        if x > 5.0:
            raise OutOfRangeError(x, limit=5.0)
        y = math.sqrt(x - 1.0) / x
    except ConvergenceError as error:
        print("far:", error)
        y = 3.0 * x
    except ValueError as error:
        log.debug("near: %s", error)
        print(f"{error}, {error!r}")
        y = x * x
    return y * x


def exception_raised_again(x: float):
    try:
        y = math.log(x)
    except ValueError:
        print("negative")
        raise
    try:
        y = y / (x - 2.0)
    except ZeroDivisionError as error:
        raise RuntimeError(f"at {x}: {error}") from error
    return y * x


def logging_calls(x: float):
    log.debug("at %g", x)
    logging.getLogger("other")
    if log.isEnabledFor(logging.CRITICAL + 1):
        log.info("x = %s", x)
    return x * x


MATRIX = np.array([[2.0, 0.3], [0.3, 1.0]])
VECTOR = np.array([0.3, 0.7])

PROGRAMS = [
    (try_logarithm, (0.7,)),
    (try_division, (0.7,)),
    (try_several, (7.3,)),
    (try_key, (0.7, "c")),
    (try_index, (VECTOR, 5)),
    (try_cholesky, (MATRIX,)),
    (try_after_a_write, (VECTOR, 5)),
    (try_in_a_loop, (1.5,)),
    (try_with_a_branch, (0.7, 0)),
    (try_around_a_loop, (2.5, 4)),
    (try_around_calls, (0.65, 4)),
    (try_around_a_comprehension, (VECTOR, 9.0)),
    (tries_within_one_another, (3.5, 6)),
    (raise_through_loops, (2.0, 1)),
    (raise_through_a_generator, (VECTOR,)),
    (raise_own_exception, (2.0,)),
    (catch_own_exception, (2.0,)),
    (exception_printed, (2.5,)),
    (exception_raised_again, (2.5,)),
    (logging_calls, (2.0,)),
]
# the same programs on their other paths
OTHER_PATHS = [
    (try_around_a_loop, (2.5, 2)),
    (try_around_calls, (1.7, 4)),
    (try_around_a_comprehension, (VECTOR, -9.0)),
    (tries_within_one_another, (3.5, 2)),
    (raise_through_loops, (0.3, 1)),
    (raise_through_loops, (2.0, 2)),
    (raise_through_a_generator, (-VECTOR,)),
    (try_logarithm, (-0.7,)),
    (try_several, (1.2,)),
    (try_several, (1.7,)),
    (try_key, (0.7, "b")),
    (try_index, (VECTOR, 1)),
    (try_cholesky, (-MATRIX,)),
    (try_after_a_write, (VECTOR, 0)),
    (try_after_a_write, (VECTOR, 1)),
    (try_in_a_loop, (-0.5,)),
    (try_in_a_loop, (-20.5,)),
    (try_with_a_branch, (0.7, 2)),
    (try_with_a_branch, (-0.7, 2)),
    (try_with_a_branch, (-0.7, -2)),
    (catch_own_exception, (0.5,)),
    (exception_printed, (0.5,)),
    (exception_printed, (7.5,)),
]
