"""Reading and writing the documents that the user names; errors are meant for the user."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ime.errors import EnvironmentFaultError

LARGEST = 32 * 1024 * 1024  # bytes; a plain text widget gets sluggish long before


class DocumentError(EnvironmentFaultError):
    """A document cannot be read or written."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """The content of a text file.

    Attributes:
        text: with line feeds only.
        newline: what ends its lines in the file, a line feed or carriage return and line feed.
    """

    text: str
    newline: str = "\n"


def read_text(path: Path) -> TextFile:
    """Read a UTF-8 file; a byte order mark is dropped.

    Raises:
        DocumentError: it cannot be read, is larger than `LARGEST`, or is not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise DocumentError(
                f"{path} has {size / 1e6:.0f} MB; documents may have {LARGEST / 1e6:.0f} MB. "
                "Split it into smaller files."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise DocumentError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    except UnicodeDecodeError as exc:
        raise DocumentError(
            f"{path} is not UTF-8 text (byte {exc.start} is {exc.object[exc.start]:#04x}). "
            "Convert it to UTF-8 first, for instance with iconv."
        ) from exc
    newline = "\r\n" if "\r\n" in text else "\n"
    return TextFile(text.replace("\r\n", "\n").replace("\r", "\n"), newline)


def write_text(path: Path, content: TextFile) -> None:
    """Write a UTF-8 file so that a crash leaves the old file or the new one, never a half.

    The file keeps its permissions, and a link stays a link. Half surrogate pairs, which are not
    text, become U+FFFD.

    Raises:
        DocumentError: it cannot be written; the old file is untouched.
    """
    text = content.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    data = text.replace("\n", content.newline).encode("utf-8")
    replace_file(path, data, mode=None)


def replace_file(path: Path, data: bytes, *, mode: int | None) -> None:
    """Put `data` in place of a file by way of a temporary file beside it.

    Args:
        path: what to replace or make; its folder must exist.
        data: the whole new content.
        mode: permission bits of the new file; None keeps those of the old one.

    Raises:
        DocumentError: it cannot be written; the old file is untouched.
    """
    target = path.resolve()
    unfinished: str | None = None
    try:
        handle, unfinished = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            Path(unfinished).chmod(mode)
        elif target.exists():
            shutil.copymode(target, unfinished)
        else:
            Path(unfinished).chmod(0o666 & ~_umask())
        Path(unfinished).replace(target)
    except OSError as exc:
        if unfinished is not None:
            with contextlib.suppress(OSError):
                Path(unfinished).unlink()
        raise DocumentError(
            f"{path} cannot be written: {exc.strerror or exc}. Check the folder's permissions "
            "and the free disk space, or save under another name."
        ) from exc


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
