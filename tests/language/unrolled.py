"""Loops over objects and functions of known number: each body is written out, and what leaves the loop leaves it."""

import math


class Body:
    def __init__(self, mass: float, place: float):
        self.mass, self.place = mass, place

    def pull(self, other: "Body") -> float:
        return other.mass * (other.place - self.place) / (1.0 + (other.place - self.place) ** 2)


def objects_skipped(x: float):
    bodies = [Body(x, 0.1), Body(2.0, x * x), Body(x * x, 0.9)]
    for i, body in enumerate(bodies):
        force = 0.0
        for j, other in enumerate(bodies):
            if i == j:
                continue
            force += body.pull(other)
        body.mass = body.mass + force
    return sum(body.mass**2 for body in bodies)


def objects_until_one(x: float, n: int):
    bodies = [Body(x, 0.1), Body(2.0, x * x), Body(x * x, 0.9)]
    total = x
    for k in range(n):
        for body in bodies:
            if body.mass > 4.0:
                return total * body.mass
            if body.mass < 0.3:
                continue
            body.mass = 1.4 * body.mass
            total += 0.1 * body.mass
        for body in bodies:
            if body.place > 0.5:
                total += body.place
                break
        else:
            total = total * x
    return total


def first_function_above(x: float):
    for function in (math.sin, math.cos, lambda v: v * x):
        if function(x) > 0.7:
            return function(x)
        x = x + 0.1
    return x


def walked(x, events=()):
    for _ in range(3):
        x = 1.1 * x
        for event in events:
            if event(x) > 0.9:
                return x * event(x)
    return x


def steps(x, functions=None):
    for function in functions or []:
        x = function(x)
    return x * x


def no_functions_by_default(x: float):
    return walked(x) * walked(x, (math.exp, math.sin)) + steps(x) * steps(x, [math.sin])


def objects_by_an_index(x: float, n: int):
    bodies = [Body(x, 0.1), Body(2.0, x * x), Body(x * x, 0.9)]
    for i in range(len(bodies)):
        for j in range(i + 1, len(bodies)):
            force = bodies[i].pull(bodies[j])
            bodies[i].place += 0.1 * force
            bodies[j].place -= 0.1 * force
    bodies[n].mass = 2.0 * bodies[n].mass
    return sum(body.mass * body.place for body in bodies)


def objects_in_order(x: float):
    bodies = [Body(x, 0.1), Body(2.0, x * x), Body(x * x, 0.9)]
    heaviest = sorted(bodies, key=lambda body: body.mass)[-1].mass
    bodies.sort(key=lambda body: body.place, reverse=True)
    return heaviest * bodies[0].mass + bodies[1].place


PROGRAMS = [
    (objects_by_an_index, (0.7, 1)),
    (objects_in_order, (0.7,)),
    (objects_skipped, (0.7,)),
    (objects_until_one, (0.7, 4)),
    (first_function_above, (0.7,)),
    (no_functions_by_default, (0.7,)),
]
