"""What the documents and the public docstrings show is what srcdiff does: every prompt in them is run."""

import doctest
import linecache
import sys
import types
from pathlib import Path

import pytest

import srcdiff

ROOT = Path(__file__).parent.parent
DOCUMENTS = [p for p in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))] if ">>> " in p.read_text()]


def python_blocks(text):
    """The text with everything but its fenced Python blocks blanked, so that lines keep their numbers."""
    kept, inside = [], False
    for line in text.splitlines():
        fence = line.startswith("```")
        if fence:
            inside = line.strip() == "```python"
        kept.append(line if inside and not fence else "")
    return "\n".join(kept) + "\n"


def run(text, name, file):
    """Run the prompts of a text; what failed, as doctest reports it."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    test = doctest.DocTestParser().get_doctest(text, module.__dict__, name, file, 0)
    for number, example in enumerate(test.examples):
        # so that a function typed at the prompt has a source
        where = f"<doctest {name}[{number}]>"
        linecache.cache[where] = len(example.source), None, example.source.splitlines(True), where
    test.globs = module.__dict__
    report = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(test, out=report.append, clear_globs=False)
    return "".join(report)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document(path):
    failures = run(python_blocks(path.read_text()), f"document_{path.stem.lower()}", str(path))
    assert not failures, failures


@pytest.mark.parametrize("name", [name for name in srcdiff.__all__ if ">>> " in (getattr(srcdiff, name).__doc__ or "")])
def test_docstring(name):
    failures = run(getattr(srcdiff, name).__doc__, f"docstring_of_{name}", name)
    assert not failures, failures
