"""The derivatives of primitives: one line for each argument, grouped as in NumPy's manual."""

from srcdiff.rules import (
    arithmetic,
    creation,
    elementwise,
    helpers,
    indexing,
    linalg,
    logging_calls,
    manipulation,
    numerical,
    reductions,
    special,
)
from srcdiff.rules.declare import (
    RULES,
    Rule,
    Unbound,
    UnknownRank,
    bind,
    differentiable,
    partial,
    pull_general,
    push_general,
    substituted,
    transpose,
)

GROUPS = (
    arithmetic,
    creation,
    elementwise,
    helpers,
    indexing,
    linalg,
    logging_calls,
    manipulation,
    numerical,
    reductions,
    special,
)  # fill RULES

__all__ = [
    "GROUPS",
    "RULES",
    "Rule",
    "Unbound",
    "UnknownRank",
    "bind",
    "differentiable",
    "partial",
    "pull_general",
    "push_general",
    "substituted",
    "transpose",
]
