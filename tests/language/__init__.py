"""Small programs, one for each construct of Python: PROGRAMS are differentiated, REFUSED are refused."""

from tests.language import arrays, attempts, containers, functions, objects, optional, statements
from tests.language.refused import REFUSED

PROGRAMS = {
    function.__name__.replace("<lambda>", "square_plus"): (function, args)
    for module in (arrays, attempts, containers, functions, objects, optional, statements)
    for function, args in module.PROGRAMS
}

__all__ = ["PROGRAMS", "REFUSED"]
