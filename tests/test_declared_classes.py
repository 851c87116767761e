"""Arguments that are annotated with a class: an object of a class derived from it may have other methods."""

from pathlib import Path

import pytest

import srcdiff
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
