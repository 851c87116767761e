"""The prompts of the documents: Python blocks of `>>>` lines, each followed by what it prints, blank lines and all.

python -m tests.documents writes what the prompts print today into the documents, and transpiles the example that is kept
transpiled; read the difference before you commit.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path

import srcdiff

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))


@dataclass
class Prompt:
    """One statement at the prompt, the line that it starts on (from 0), and what follows it."""

    line: int
    source: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)


def prompts(text: str) -> list[Prompt]:
    """The prompts within the fenced Python blocks of a text."""
    found: list[Prompt] = []
    inside = False
    for number, line in enumerate(text.splitlines()):
        if line.startswith("```"):
            inside = line == "```python"
        elif inside and line.startswith(">>> "):
            found.append(Prompt(number, [line[4:]]))
        elif inside and found and line.startswith("...") and not found[-1].printed:
            found[-1].source.append(line[4:])
        elif inside and found:
            found[-1].printed.append(line)
    return found


def session(name: str) -> types.ModuleType:
    """The module in which one document's prompts run."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    return module


def run(prompt: Prompt, module: types.ModuleType) -> list[str]:
    """The lines that a prompt prints."""
    source = "\n".join(prompt.source) + "\n"
    file = f"<{module.__name__}, line {prompt.line + 1}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file  # a typed function has a source, too
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, file, "single"), module.__dict__)
    return printed.getvalue().rstrip("\n").splitlines()


def update(path: Path) -> None:
    lines = path.read_text().splitlines()
    module = session(path.stem)
    written, position = [], 0
    for prompt in prompts("\n".join(lines)):
        end = prompt.line + len(prompt.source)
        written += [*lines[position:end], *run(prompt, module)]
        position = end + len(prompt.printed)
    path.write_text("\n".join([*written, *lines[position:]]) + "\n")


if __name__ == "__main__":
    for document in DOCUMENTS:
        update(document)
    digits = ROOT / "examples" / "digits.py"
    digits.with_name("digits_transpiled.py").write_text(srcdiff.transpile(digits.read_text()))
