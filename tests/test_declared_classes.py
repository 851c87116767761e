"""Arguments that are annotated with a class: an object of a class derived from it may have other methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

import srcdiff
from srcdiff.errors import Refusal
from srcdiff.files import derivative_text
from srcdiff.frontend.source import module_source


class Shape:
    size: float

    def __init__(self, size: float) -> None:
        self.size = size

    def area(self) -> float:
        return self.size * self.size


class Circle(Shape):
    def area(self) -> float:
        return 3.0 * self.size**2


class Named(Shape):
    def __init__(self, size: float, name: str) -> None:
        super().__init__(size)
        self.name = name


class Drawing:
    outline: Shape

    def __init__(self, outline: Shape) -> None:
        self.outline = outline


def cost(shape: Shape, k: float) -> float:
    return shape.area() * k * k


def cost_of_drawing(drawing: Drawing, k: float) -> float:
    return drawing.outline.area() * k * k


def file_derivative(function):
    module = module_source(Path(__file__).read_text(), __file__)
    namespace: dict = {}
    exec(derivative_text(module, function.__name__, "grad", "k"), namespace)
    return namespace[f"{function.__name__}_grad"]


@pytest.mark.parametrize("made", [lambda f: srcdiff.grad(f, wrt="k"), file_derivative], ids=["live", "file"])
def test_methods_of_the_declared_class(made):
    derivative, nested = made(cost), made(cost_of_drawing)
    for shape in (Shape(2.0), Named(2.0, "b")):
        assert derivative(shape, 3.0) == nested(Drawing(shape), 3.0) == 24.0
    with pytest.raises(AssertionError, match="annotate shape with its own class, not with Shape"):
        derivative(Circle(2.0), 3.0)
    with pytest.raises(AssertionError, match="annotate drawing.outline with its own class"):
        nested(Drawing(Circle(2.0)), 3.0)


def test_no_assertion_where_no_class_is_derived():
    assert "assert" not in srcdiff.grad(circumference, wrt="k").source


def circumference(circle: Circle, k: float) -> float:
    return circle.area() * k


@dataclass
class Particle:
    place: float
    speed: float

    def moved(self, h: float) -> Particle:
        return Particle(self.place + h * self.speed, self.speed)

    @property
    def energy(self) -> float:
        return self.speed**2 * self.place


@dataclass
class Node:
    value: float
    children: list[Node] = field(default_factory=list)

    def total(self) -> float:
        return self.value**2 + sum(child.value for child in self.children)


@dataclass
class Cloud:
    particles: list[Particle]
    named: dict[str, Particle]
    roots: tuple[Node, Node]


def energy_of(particles: list[Particle], k: float) -> float:
    moved = [particle.moved(k) for particle in particles if particle.place > 0.0]
    moved[0].speed = moved[0].speed * k
    fastest = max(particles, key=lambda p: p.speed)
    return sum(p.energy for p in moved) + fastest.energy * k


def energy_of_cloud(cloud: Cloud, k: float) -> float:
    total = cloud.roots[1].total() * k
    for name, particle in cloud.named.items():
        total += particle.energy * k * len(name)
    for i, particle in enumerate(cloud.particles):
        for j, other in enumerate(cloud.particles):
            if i == j:
                continue
            total += particle.moved(k).energy * other.place
    return total + sum([child.total() for child in cloud.roots[0].children])


@pytest.mark.parametrize("mode", ["grad", "jvp"])
def test_elements_of_a_declared_class(mode):
    particles = [Particle(0.3, 0.4), Particle(0.7, 0.9)]
    trees = (Node(0.2, [Node(0.4), Node(0.5, [Node(0.1)])]), Node(0.3, [Node(0.7)]))
    cloud = Cloud(particles, {"a": particles[1], "bc": Particle(0.2, 0.8)}, trees)
    for function, argument in ((energy_of, particles), (energy_of_cloud, cloud)):
        k, h = 0.7, 1e-6
        wanted = (function(argument, k + h) - function(argument, k - h)) / (2 * h)
        if mode == "grad":
            found = srcdiff.grad(function, wrt="k")(argument, k)
            assert file_derivative(function)(argument, k) == found
        else:
            found = srcdiff.jvp(function, wrt="k")(argument, k, 1.0)[1]
        assert found == pytest.approx(wanted, rel=1e-8)


def test_cotangents_of_elements_of_a_declared_class():
    particles = [Particle(0.3, 0.4), Particle(0.7, 0.9)]
    found = srcdiff.grad(energy_of, wrt="particles")(particles, 0.7)
    for k, particle in enumerate(particles):
        for name in ("place", "speed"):
            values, start = [], getattr(particle, name)
            for h in (1e-6, -1e-6):
                setattr(particle, name, start + h)
                values.append(energy_of(particles, 0.7))
            setattr(particle, name, start)
            assert getattr(found[k], name) == pytest.approx((values[0] - values[1]) / 2e-6, rel=1e-7)


def slowed(particles: list[Particle], k: float) -> float:
    for particle in particles:
        particle.speed = particle.speed * k
    return particles[0].energy


def test_elements_of_a_declared_class_are_not_written_to():
    with pytest.raises(Refusal, match="an object from outside of the function, which others may know"):
        srcdiff.grad(slowed, wrt="k")
