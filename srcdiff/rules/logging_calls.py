"""Logging: what is said carries no derivative, and is said once, in the forward sweep."""

from __future__ import annotations

from srcdiff.rules.declare import nondifferentiable

LOGGERS = ("Logger", "RootLogger")  # the names of the types of loggers
LOGGER = "logging.Logger."
SAYS = ("debug", "info", "warning", "error", "critical", "exception", "log")  # what no array, list or dict has
ASKS = ("isEnabledFor", "getEffectiveLevel", "hasHandlers")

nondifferentiable(*(f"logging.{name}" for name in SAYS))
nondifferentiable(*(LOGGER + name for name in (*SAYS, *ASKS)))
