"""Classes of the user's: attributes, methods, operators, inheritance, dataclasses, named tuples."""

import copy
import dataclasses
import math
from collections import namedtuple
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import NamedTuple

import numpy as np


class Dense:
    gain = 2.0

    def __init__(self, weight, bias=0.5):
        self.weight = weight
        self.bias = bias
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return self.activate(self.weight * x + self.bias)

    def activate(self, z):
        return math.tanh(z)

    @property
    def penalty(self):
        return self.weight**2 * self.gain

    @staticmethod
    def twice(x):
        return 2 * x

    @classmethod
    def steep(cls, weight):
        return cls(10 * weight, 0.1)


class Scaled(Dense):
    def __init__(self, weight):
        super().__init__(weight, bias=0.25)
        self.scale = 3.0

    def activate(self, z):
        return super().activate(z) * self.scale


@dataclass
class Vector:
    x: float
    y: float = 1.0

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __getitem__(self, k):
        return self.x if k == 0 else self.y

    def __abs__(self):
        return math.sqrt(self @ self)

    def __lt__(self, other):
        return abs(self) < abs(other)


@dataclass
class Settings:
    rate: float
    steps: int = 3
    trace: list = field(default_factory=list)

    def __post_init__(self):
        self.doubled = 2 * self.rate


class Phase(NamedTuple):
    q: float
    p: float = 0.0

    def energy(self):
        return 0.5 * self.p**2 - math.cos(self.q)


Pair = namedtuple("Pair", "first second")


class Mean:
    def __init__(self):
        self.total = 0.0
        self.count = 0

    def add(self, value):
        self.total += value
        self.count += 1
        return self

    @property
    def value(self):
        return self.total / self.count


class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def degrees(self):
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        self._degrees = value * 1.5


class Model:
    def __init__(self, weights):
        self.weights = weights
        self.layers = [Dense(0.3), Scaled(0.4)]
        self.seen = 0

    def loss(self, x: float) -> float:
        for layer in self.layers:
            x = layer.activate(layer.weight * x)
        return x * np.sum(self.weights)


MODEL = Model(np.array([0.5, 1.5]))


def init_and_attributes(x: float):
    layer = Dense(x)
    layer.weight = layer.weight * 2
    layer.bias += x
    return layer.weight * layer.bias


def methods_and_call(x: float):
    layer = Dense(x)
    return layer(x) * layer.activate(2 * x) * layer.calls


def property_read(x: float):
    return Dense(x).penalty * x


def property_written(x: float):
    room = Celsius(x)
    room.degrees = x * x
    return room.degrees


def static_and_class_methods(x: float):
    return Dense.steep(x)(x) + Dense.twice(x) * Dense(x).twice(x)


def class_attribute(x: float):
    return Dense(x).gain * x * Dense.gain


class Activation(Enum):
    LINEAR = auto()
    SINE = auto()


GAINS = {Activation.LINEAR: 0.5, Activation.SINE: 2.0}


def enumeration(x: float):
    for activation in (Activation.LINEAR, Activation.SINE):
        if activation is Activation.SINE:
            x = np.sin(x)
        x = GAINS[activation] * x
    return x


def inheritance_and_super(x: float):
    layer = Scaled(x)
    return layer(x) + layer.penalty


def operator_methods(x: float):
    v = Vector(x) + Vector(x * x, 3.0 * x)
    w = 2.0 * v * x
    return (w @ -v) * abs(v) * v[0]


def comparison_methods(x: float):
    a, b = Vector(x), Vector(2.0 * x)
    return a.x * x if a < b else b.x


class Tank:
    class Valve:
        def __init__(self, area, loss=0.6):
            self.area, self.loss = area, loss

        def flow(self, height):
            return self.loss * self.area * np.sqrt(2 * 9.81 * height)

    def __init__(self, height, area):
        self.height, self.valve = height, Tank.Valve(area)


def class_within_a_class(x: float):
    tank = Tank(x, 2 * x)
    for _ in range(3):
        tank.height -= 0.01 * tank.valve.flow(tank.height)
    return tank.height * Tank.Valve(x, 0.5).loss


def dataclass_made(x: float):
    settings = Settings(x)
    for k in range(settings.steps):
        settings.trace.append(settings.doubled * k * x)
    return sum(settings.trace)


def dataclass_replaced(x: float):
    v = replace(Vector(x, 2.0), y=x * x)
    return v.x * v.y


def named_tuple(x: float):
    state = Phase(x, 1.0)
    q, p = state
    return state.energy() + q * p * state[0] + state._replace(q=2 * x).q ** 2


class Force(NamedTuple):
    x: float
    y: float

    def __add__(self, other):
        return Force(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Force(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Force(-self.x, -self.y)

    def __lt__(self, other):
        return self.x**2 + self.y**2 < other.x**2 + other.y**2


def operators_of_named_tuples(x: float):
    total = Force(x, 1.0)
    for k in range(3):
        total = total + 2.0 * Force(x * k, x**2)
    total += -Force(0.5, x)
    least = total if total < Force(x, x) * 3 else Force(x, 2.0)
    return total.x * total.y + least.y + (total + Force(x, x)).x


def collections_namedtuple(x: float):
    pair = Pair(x, second=x * x)
    return pair.first * pair.second


def object_remade_in_a_loop(x: float):
    state = Phase(x)
    for _ in range(5):
        state = Phase(state.q + 0.1 * state.p, state.p - 0.1 * math.sin(state.q))
    return state.energy()


def object_written_in_a_loop(x: float, n: int):
    mean = Mean()
    for i in range(n):
        mean.add(x * i)
        if i % 2 == 0:
            mean.total *= x
    return mean.value


def object_by_a_condition(x: float):
    v = Vector(x, 2.0) if x > 0 else Vector(1.0, x)
    return v.x * v.y * x


def objects_in_a_list(x: float):
    layers = [Dense(x), Scaled(2 * x)]
    layers.append(Dense(0.5))
    for layer in layers:
        x = layer(x)
    return x * len(layers)


def objects_in_a_dict(x: float):
    layers = {"a": Dense(x), "b": Scaled(x)}
    return layers["a"](x) * layers["b"](x)


def outside_object(x: float):
    return MODEL.loss(x) * MODEL.layers[0].weight


def object_argument(v: Vector, x: float):
    return v.x * x + v.y * x**2


def object_argument_written(v: Vector, x: float):
    v.x = v.x * x
    return v.x * x + v.y


JOINTS = [Force(0.3, 1.0), Force(0.5, -2.0)]


def outside_named_tuples(x: float):
    for joint, factor in zip(JOINTS, (2.0, 3.0)):
        x = joint.x * np.sin(factor * x) + joint.y
    return x


def isinstance_static(x: float):
    layer = Scaled(x)
    if isinstance(np.sin, Dense) or isinstance(outside_named_tuples, Dense):
        return x
    if isinstance(layer, Dense) and not isinstance(x, Dense):
        return layer.weight * x
    return x


def attribute_functions(x: float):
    layer = Dense(x)
    setattr(layer, "bias", 2 * x)
    return getattr(layer, "bias") * getattr(layer, "missing", x) if hasattr(layer, "bias") else x


def elements_of_a_class(vectors: list[Vector], x: float):
    longest = max(vectors, key=lambda v: v.x)
    return sum((v * x).y * v.x for v in vectors) + longest.y * x


@dataclass
class Span:
    low: float
    high: float

    def __iter__(self):
        yield self.low
        yield self.high


def object_unpacked(x: float):
    low, high = Span(x, 2 * x)
    other = copy.copy(Span(low, x * x))
    other.low = 3.0
    first, second = dataclasses.astuple(other)
    return sum(Span(x, high)) * first * second + low * other.high


PROGRAMS = [
    (object_unpacked, (0.7,)),
    (elements_of_a_class, ([Vector(0.3, 0.4), Vector(0.7, 0.2)], 0.7)),
    (init_and_attributes, (0.7,)),
    (methods_and_call, (0.4,)),
    (property_read, (0.4,)),
    (property_written, (0.4,)),
    (static_and_class_methods, (0.1,)),
    (class_attribute, (0.4,)),
    (enumeration, (0.4,)),
    (inheritance_and_super, (0.3,)),
    (operator_methods, (0.7,)),
    (comparison_methods, (0.7,)),
    (class_within_a_class, (0.7,)),
    (dataclass_made, (0.7,)),
    (dataclass_replaced, (0.7,)),
    (named_tuple, (0.7,)),
    (operators_of_named_tuples, (0.7,)),
    (collections_namedtuple, (0.7,)),
    (object_remade_in_a_loop, (0.7,)),
    (object_written_in_a_loop, (0.7, 4)),
    (object_by_a_condition, (0.7,)),
    (objects_in_a_list, (0.3,)),
    (objects_in_a_dict, (0.3,)),
    (outside_object, (0.6,)),
    (outside_named_tuples, (0.6,)),
    (object_argument, (Vector(0.3, 0.4), 0.7)),
    (object_argument_written, (Vector(0.3, 0.4), 0.7)),
    (isinstance_static, (0.7,)),
    (attribute_functions, (0.7,)),
    (MODEL.loss, (0.7,)),
]
