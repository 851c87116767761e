"""Small programs, one for each construct of Python: PROGRAMS are differentiated, REFUSED are refused."""

from tests.language import (
    arrays,
    attempts,
    boxes,
    containers,
    functions,
    objects,
    optional,
    statements,
    unrolled,
    walks,
    yielding,
)
from tests.language.refused import REFUSED as REFUSED_CONSTRUCTS
from tests.language.unknown import UNKNOWN, UNKNOWN_IN_REVERSE

REFUSED = {**REFUSED_CONSTRUCTS, **UNKNOWN}
REFUSED_IN_REVERSE = UNKNOWN_IN_REVERSE

PROGRAMS = {
    function.__name__.replace("<lambda>", "square_plus"): (function, args)
    for module in (
        arrays,
        attempts,
        boxes,
        containers,
        walks,
        functions,
        objects,
        optional,
        statements,
        unrolled,
        yielding,
    )
    for function, args in module.PROGRAMS
}

__all__ = ["PROGRAMS", "REFUSED", "REFUSED_IN_REVERSE", "is_listed"]


def is_listed(message: str) -> bool:
    """Whether a refusal is one of those that docs/python.md lists."""
    return any(part in message for _, part, _ in (*REFUSED.values(), *REFUSED_IN_REVERSE.values()))
