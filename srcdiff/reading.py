"""Files that are read: text as Python decodes it, of a size that a program has."""

from __future__ import annotations

import io
import os
import stat
import tokenize
from typing import IO

from srcdiff.errors import FileError

LARGEST = 20 * 2**20  # bytes; the parser needs a hundred times as much memory


def file_text(path: str) -> str:
    """The text of a plain file; pipes and devices may have no end."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise FileError(f"{path} is a directory; name a Python file")
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"{path} is no regular file; name a Python file, or - for standard input")
        _check_size(status.st_size, path)
        with open(path, "rb") as stream:
            return decoded(stream, path)
    except FileNotFoundError:
        raise FileError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        raise FileError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def decoded(stream: IO[bytes], name: str) -> str:
    """The text that a stream holds, by its byte order mark or coding line."""
    data = stream.read(LARGEST + 1)
    _check_size(len(data), name)
    if b"\0" in data:
        raise FileError(f"{name} is not Python text: it has null bytes")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (UnicodeDecodeError, SyntaxError) as error:
        raise FileError(f"{name} is not UTF-8 text, nor what its coding line says: {error}") from None


def _check_size(size: int, name: str) -> None:
    if size > LARGEST:
        raise FileError(f"{name} has more than {LARGEST // 2**20} MB, which no program has; name a Python file")
