"""What the documents, the README and the public docstrings show is what srcdiff does."""

import doctest
import linecache
import re

import pytest

import srcdiff
from tests.documents import DOCUMENTS, ROOT, prompts, run, session


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document(path):
    module = session(f"document_{path.stem}")
    for prompt in prompts(path.read_text()):
        printed = "\n".join(run(prompt, module))
        assert printed == "\n".join(prompt.printed), f"{path.name}:{prompt.line + 1}"


def test_readme_example():
    """The first Python block of the README is a program; the second is what it prints."""
    program, printed = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[:2]
    module = session("readme")
    file = "<README.md>"
    linecache.cache[file] = len(program), None, program.splitlines(True), file
    exec(compile(program.replace("srcdiff.show(", "shown = ("), file, "exec"), module.__dict__)
    assert module.shown.source == printed


def test_readme_error():
    """The error that the README shows is what is said of that line."""
    shown = re.findall(r"```\n(model\.py.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
    text = "import numpy as np\nimport srcdiff\n" + "\n" * 9 + "@srcdiff.grad\ndef f(x):\n"
    text += "    counts, edges = np.histogram(x, bins=20)\n    return counts.sum()\n"
    with pytest.raises(srcdiff.Refusals) as caught:
        srcdiff.transpile(text, "model.py")
    assert f"{caught.value}\n" == shown


def test_readme_commands_are_those_of_the_checks():
    assert ".venv/bin/python -m pytest\n" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", [name for name in srcdiff.__all__ if ">>> " in (getattr(srcdiff, name).__doc__ or "")])
def test_docstring(name):
    module = session(f"docstring_of_{name}")
    setattr(module, name, getattr(srcdiff, name))
    test = doctest.DocTestParser().get_doctest(getattr(srcdiff, name).__doc__, module.__dict__, name, name, 0)
    for number, example in enumerate(test.examples):
        file = f"<doctest {name}[{number}]>"
        linecache.cache[file] = len(example.source), None, example.source.splitlines(True), file
    test.globs = module.__dict__  # get_doctest copied it, but a function typed here looks its names up in its module
    report = []
    doctest.DocTestRunner(verbose=False).run(test, out=report.append, clear_globs=False)
    assert not report, "".join(report)
