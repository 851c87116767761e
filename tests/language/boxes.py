"""Objects in lists and dicts of any length."""

import math
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

import numpy as np


class Particle:
    def __init__(self, x, v):
        self.x, self.v = x, v

    def kick(self, force, dt):
        self.v += force * dt

    def drift(self, dt):
        self.x += self.v * dt

    @property
    def energy(self):
        return 0.5 * self.v * self.v


def objects_that_one_begins(x: np.ndarray, n: int):
    particles = [Particle(x[0], 0.5 * x[1])]
    for i in range(n):
        particles.append(Particle(particles[-1].x * x[i], particles[i // 2].v + x[i]))
    return sum([p.x * p.v for p in particles])


def objects_in_a_growing_list(x: np.ndarray, n: int):
    particles = []
    for i in range(n):
        particles.append(Particle(x[i], 0.5 * x[0]))
    for _ in range(2):
        for i, p in enumerate(particles):
            force = 0.0
            for j, q in enumerate(particles):
                if i != j:
                    force += q.x - p.x
            p.kick(force, 0.1)
        for p in particles:
            p.drift(0.1)
    return sum(p.energy for p in particles)


def objects_of_a_comprehension(x: np.ndarray):
    particles = [Particle(a, math.sin(3 * a)) for a in x]
    best = particles[0]
    for p in particles:
        if p.v < best.v:
            best = p
    lowest = best.energy
    particles = sorted(particles, key=lambda q: q.v)
    return sum((k + 1) * p.x for k, p in enumerate(particles)) + lowest


@dataclass
class Neuron:
    weight: float
    bias: float = 0.5
    out: float = 0.0

    def __call__(self, v):
        self.out = math.tanh(self.weight * v + self.bias)
        return self.out


@dataclass
class Net:
    neurons: list = field(default_factory=list)

    def forward(self, v):
        for neuron in self.neurons:
            v = neuron(v)
        return v


def objects_within_objects(x: np.ndarray):
    net = Net([Neuron(w, 0.1 * w) for w in x])
    return net.forward(0.5) + sum(n.out**2 for n in net.neurons)


def objects_in_a_growing_dict(x: np.ndarray, keys: list):
    groups = {}
    for key, a in zip(keys, x):
        if key not in groups:
            groups[key] = Particle(a, 0.0)
        groups[key].v += a * a
    return sum(p.x * p.v for p in groups.values())


class Point(NamedTuple):
    x: float
    y: float
    z: float = 0.0

    def norm(self):
        return self.x**2 + self.y**2 + self.z**2


def named_tuples_of_a_comprehension(x: np.ndarray):
    points = [Point(a, b) for a, b in zip(x, x[1:])]
    points = [p._replace(z=p.x * p.y) for p in points]
    return sum(p.norm() for p in points) + max(p.x for p in points)


def objects_on_a_stack(x: np.ndarray):
    stack = [Particle(a, 0.2 * a) for a in x]
    total = 0.0
    while stack:
        p = stack.pop()
        total = 0.5 * total + p.x * p.v
        if p.x > 2:
            stack.append(Particle(p.x * 0.5, p.v))
    return total


def objects_matched(x: np.ndarray, options):
    particles = [Particle(a, 2.0) for a in x]
    total = 0.0
    for p in particles:
        match p:
            case Particle(x=a, v=b):
                p.v = a * b * options["dt"]
        total += p.v if isinstance(p, Particle) else 0.0
    return total + sum(p.energy for p in particles)


X = np.array([0.7, 1.3, 2.1])


class Mass:
    def __init__(self, place: np.ndarray, speed: np.ndarray):
        self.place, self.speed, self.steps = place, speed, 0

    def step(self, h: float) -> None:
        self.place = self.place + h * self.speed
        self.steps += 1


def objects_of_rows(h: float, x: Annotated[np.ndarray, "n d"]):
    points = [Mass(x[i], x[i - 1]) for i in range(len(x))]
    table = {i: {"place": x[i], "weight": h} for i in range(len(x))}
    for point in points:
        point.step(h)
    for i, entry in table.items():
        entry["place"] = entry["place"] * entry["weight"] * i
    energy = sum([point.place @ point.speed * point.steps for point in points])
    return energy + sum([entry["place"] @ entry["place"] for entry in table.values()])


PROGRAMS = [
    (objects_of_rows, (0.7, np.array([[0.3, 1.2], [0.9, 0.4], [-0.2, 0.6]]))),
    (objects_that_one_begins, (X, 3)),
    (objects_in_a_growing_list, (X, 3)),
    (objects_of_a_comprehension, (X,)),
    (objects_within_objects, (X,)),
    (objects_in_a_growing_dict, (X, [1, 2, 1])),
    (named_tuples_of_a_comprehension, (X,)),
    (objects_on_a_stack, (X,)),
    (objects_matched, (X, {"dt": 0.5})),
]
