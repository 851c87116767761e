"""Differentiates Python and NumPy functions by writing their derivatives as Python."""

from srcdiff.api import grad, jvp, show, transpile, value_and_grad, vjp
from srcdiff.check import check_grads
from srcdiff.errors import GradientError, Refusal, Refusals, SrcdiffError, UsageError

__version__ = "0.1.0"
__all__ = [
    "GradientError",
    "Refusal",
    "Refusals",
    "SrcdiffError",
    "UsageError",
    "check_grads",
    "grad",
    "jvp",
    "show",
    "transpile",
    "value_and_grad",
    "vjp",
]
