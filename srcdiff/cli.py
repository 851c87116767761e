"""The command line: `srcdiff transpile`, `srcdiff show`, `srcdiff check`."""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib.util
import inspect
import os
import re
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from srcdiff import __version__
from srcdiff.errors import FileError, GradientError, Refusals, SrcdiffError, UsageError
from srcdiff.reading import decoded, file_text

REFUSED, USAGE = 1, 2


EXAMPLES = {
    "": """\
each command has its own help: srcdiff transpile --help

exit status: 0; 1 where something was refused or would change; 2 where the request makes no sense
or a file cannot be read or written""",
    "transpile": """\
examples:
  srcdiff transpile model.py -o out.py           of each function decorated with srcdiff
  srcdiff transpile model.py -o out.py --check   is out.py up to date?
  srcdiff transpile model.py --function loss --wrt W,b""",
    "show": """\
examples:
  srcdiff show model.py:loss
  srcdiff show model.py:loss --wrt W,b --mode jvp""",
    "check": """\
examples:
  srcdiff check model.py:loss --at "x=1.5, n=3"
  srcdiff check model.py:loss --at "np.ones(3), START" --wrt x   (the file's own names)""",
}
TARGET = "a Python file and the name of a function at its top level, as in model.py:loss"
WRT = "the arguments to differentiate with respect to, by name or position, separated by commas"


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="srcdiff",
        description="Writes the derivatives of Python functions, as Python.",
        epilog=EXAMPLES[""],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"srcdiff {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    transpile = _command(commands, "transpile", "replace decorated functions by their derivatives; the file is not run")
    transpile.add_argument("file", help="a Python file, or - for standard input")
    transpile.add_argument("-o", "--output", metavar="OUT", help="write here instead of to standard output")
    transpile.add_argument(
        "--function", metavar="NAME", help="write the derivative of this function alone, as a module"
    )
    _derivative_options(transpile, "which derivative of --function (default: grad)")
    transpile.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if OUT (or FILE, without -o) would change"
    )
    transpile.add_argument(
        "--diff", action="store_true", help="write nothing; print how OUT (or FILE, without -o) would change"
    )
    show = _command(commands, "show", "print a function's derivative, or its SSA; the file is not run")
    show.add_argument("target", metavar="FILE:FUNCTION", help=TARGET)
    show.add_argument("--ssa", action="store_true", help="print the SSA instead of the text")
    _derivative_options(show, "which derivative (default: what the function's decorator says, or grad)")
    check = _command(commands, "check", "compare a function's derivatives with finite differences; this RUNS the file")
    check.add_argument("target", metavar="FILE:FUNCTION", help=TARGET)
    check.add_argument("--at", required=True, metavar="ARGS", help='the arguments of the function, as in "x=1.5, n=3"')
    check.add_argument("--wrt", help=f"{WRT} (default: all that hold floats)")
    return top


def _command(commands: Any, name: str, what: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=EXAMPLES[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return command


def _derivative_options(command: argparse.ArgumentParser, mode: str) -> None:
    command.add_argument("--wrt", help=f"{WRT} (default: the first)")
    command.add_argument("--mode", choices=("grad", "value-and-grad", "jvp", "vjp"), help=mode)


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status: 0, 1 (something was refused), 2 (usage)."""
    options = parser().parse_args(argv)
    run = {"transpile": _transpile, "show": _show, "check": _check}[options.command]
    try:
        return run(options)
    except Refusals as error:
        for refusal in error.refusals:
            print(refusal, file=sys.stderr)
        return REFUSED
    except (UsageError, FileError) as error:
        print(f"srcdiff: error: {error}", file=sys.stderr)
        return USAGE
    except SrcdiffError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except RecursionError:
        print("srcdiff: error: the file is nested too deeply", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"srcdiff: error: the output cannot be written: {error.strerror}", file=sys.stderr)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - what is still buffered has nowhere to go
        return USAGE


def read(file: str) -> str:
    """The text of a file, decoded as Python decodes it; - is standard input."""
    if not file:
        raise FileError("the file has no name; name a Python file, or - for standard input")
    return decoded(sys.stdin.buffer, file) if file == "-" else file_text(file)


def write(path: str, text: str) -> None:
    """Write a file whole or not at all; a device or a pipe is written to as it is."""
    if not path:
        raise FileError("the output has no name; name a file to write")
    if os.path.isdir(path):
        raise FileError(f"{path} is a directory; name a file to write")
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # to put a file in the place of /dev/null would break it
            with open(path, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            return
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise FileError(f"{path} cannot be written: {error.strerror}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _wrt(option: str | None) -> Any:
    if option is None:
        return 0
    parts = [part.strip() for part in option.split(",")]
    entries = tuple(int(e) if re.fullmatch(r"-?[0-9]{1,9}", e) else e for e in parts if e)
    if not entries:
        raise UsageError("--wrt names no argument")
    return entries if len(entries) > 1 else entries[0]


def _mode(option: str | None) -> str:
    return (option or "grad").replace("-", "_")


def _transpile(options: argparse.Namespace) -> int:
    from srcdiff.files import derivative_text, transpiled
    from srcdiff.frontend.source import module_source

    if options.function is None and (options.wrt or options.mode):
        raise UsageError("--wrt and --mode go with --function; decorated functions say it themselves")
    name = "<stdin>" if options.file == "-" else options.file
    text = read(options.file)
    if options.function is None:
        result = transpiled(text, name)
    else:
        result = derivative_text(module_source(text, name), options.function, _mode(options.mode), _wrt(options.wrt))
    if options.check or options.diff:
        return _compare(options, name, text, result)
    if options.output is None or options.output == "-":
        sys.stdout.write(result)
        sys.stdout.flush()
    else:
        write(options.output, result)
    return 0


def _compare(options: argparse.Namespace, name: str, text: str, result: str) -> int:
    """For --check and --diff: the output as it is (or, without one, the input) against what would be written."""
    if options.output is None:
        before = text
    else:
        name = options.output
        before = read(name) if os.path.exists(name) else ""
    if options.diff:
        lines = difflib.unified_diff(before.splitlines(True), result.splitlines(True), name, f"{name} (transpiled)")
        sys.stdout.writelines(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )
    if options.check and before != result:
        print(f"{name} would change", file=sys.stderr)
        return REFUSED
    return 0


def _target(target: str) -> tuple[str, str]:
    file, colon, function = target.rpartition(":")
    if not colon or not file or not function.isidentifier():
        raise UsageError(f"{target!r} is not FILE:FUNCTION, as in model.py:loss")
    return file, function


def _show(options: argparse.Namespace) -> int:
    from srcdiff.colour import print_python
    from srcdiff.files import derivative_text
    from srcdiff.frontend.source import module_source
    from srcdiff.ir.printer import format_program
    from srcdiff.pipeline import compile_derivative
    from srcdiff.requests import decorated_request, named_function

    file, function = _target(options.target)
    module = module_source(read(file), file)
    mode, wrt = _mode(options.mode), _wrt(options.wrt)
    if options.mode is None and options.wrt is None:
        mode, wrt = decorated_request(module, function) or (mode, wrt)
    if options.ssa:
        sys.stdout.write(format_program(compile_derivative(named_function(module, function), mode, wrt).program))
    else:
        print_python(derivative_text(module, function, mode, wrt))
    return 0


def _check(options: argparse.Namespace) -> int:
    from srcdiff.check import check_grads

    file, name = _target(options.target)
    read(file)
    print(f"running {file}", file=sys.stderr)
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(Path(file).resolve().parent))
    try:
        spec.loader.exec_module(module)
    except SrcdiffError:
        raise
    except (Exception, SystemExit) as error:
        raise FileError(f"{file} failed when it was run: {_said(error)}") from None
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError(f"{file} defines no function {name!r}")
    function = getattr(function, "__wrapped__", function)
    positional, named = _arguments(options.at, vars(module))
    try:
        bound = inspect.signature(function).bind(*positional, **named)
    except TypeError as error:
        raise UsageError(f"--at does not fit {name}: {error}") from None
    bound.apply_defaults()
    wrt = None if options.wrt is None else _wrt(options.wrt)
    try:
        check_grads(function, *bound.args, wrt=wrt)
    except GradientError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except SrcdiffError:
        raise
    except Exception as error:
        raise UsageError(f"{name} failed at {options.at}: {_said(error)}") from None
    print(f"{name}: forward mode, reverse mode and finite differences agree")
    return 0


def _said(error: BaseException) -> str:
    """An exception's class and message, as a traceback ends."""
    return "".join(traceback.format_exception_only(error)).strip()


def _arguments(text: str, names: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The values of `x=1.5, n=3`, where names are the file's own."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        assert isinstance(call, ast.Call)

        def value(node: ast.expr) -> Any:
            return eval(compile(ast.Expression(node), "--at", "eval"), dict(names))  # the user's own words

        return [value(a) for a in call.args], {k.arg: value(k.value) for k in call.keywords if k.arg}
    except Exception as error:
        raise UsageError(f"--at {text!r} is not a list of arguments: {error}") from None
