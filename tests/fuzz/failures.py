"""What all oracles share: how a program fails, how long it may run, and structures of numbers and arrays."""

from __future__ import annotations

import re
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

RUN_SECONDS = 3.0  # of the processor, before a run is taken to hang


class Hang(Exception):
    """Something takes far too long."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise Hang in the main thread when the time is up."""

    def ring(*_: Any) -> None:
        raise Hang(f"more than {seconds:.0f} seconds")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Failure(AssertionError):
    """An oracle's objection: what was checked, and what came out."""

    def __init__(self, check: str, message: str) -> None:
        self.check, self.message = check, message
        super().__init__(f"{check}: {message}")

    def signature(self) -> str:
        """Equal for failures that are likely of one class."""
        return f"{self.check}: {re.sub(r'[0-9]+', '#', self.message.splitlines()[0] if self.message else '')[:120]}"


def where(error: BaseException) -> str:
    """The innermost function of the compiler's that an error came from."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/srcdiff/" in f.filename]
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].name}" if frames else "the generated code"


def tree_map(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    if isinstance(tree, dict):
        return {k: tree_map(f, v, *(o[k] for o in others)) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(tree_map(f, v, *(o[i] for o in others)) for i, v in enumerate(tree))
    return f(tree, *others)
