"""Reading and writing the documents that the user names; errors are meant for the user."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ime import atomic_write
from ime.errors import EnvironmentFaultError, Message

LARGEST = 32 * 1024 * 1024  # bytes; a plain text widget gets sluggish long before


class DocumentError(EnvironmentFaultError):
    """A document cannot be read or written."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """The content of a text file.

    Attributes:
        text: with line feeds only.
        newline: what ends its lines in the file: line feed, carriage return, or both.
        mark: whether a byte order mark stands before the text.
        data: the bytes that `text` was read from; empty for text that was not read.
    """

    text: str
    newline: str = "\n"
    mark: bool = False
    data: bytes = b""

    @property
    def is_exact(self) -> bool:
        """Whether writing the text gives the bytes that were read."""
        return _bytes_of(self.text, self.newline, mark=self.mark) == self.data


_LINE_END = re.compile("\r\n|\r|\n|\u2029|\ufdd0|\ufdd1")
"""What begins a new line in Qt's text documents; those behind the first three are rare."""


def read_text(path: Path) -> TextFile:
    """Read a UTF-8 file.

    Raises:
        DocumentError: it cannot be read, is larger than `LARGEST`, or is not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            sizes = {"size": size / 1e6, "largest": LARGEST / 1e6}
            raise DocumentError(Message.of("document.too_large", path=str(path), **sizes))
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise DocumentError(Message.of("document.unreadable", path=str(path), why=why)) from exc
    except UnicodeDecodeError as exc:
        byte = f"{exc.object[exc.start]:#04x}"
        raise DocumentError(
            Message.of("document.not_utf8", path=str(path), place=exc.start, byte=byte)
        ) from exc
    ends = Counter(_LINE_END.findall(text))
    newline = max(("\n", "\r\n", "\r"), key=ends.__getitem__)
    mark = data.startswith(codecs.BOM_UTF8)
    return TextFile(_LINE_END.sub("\n", text), newline, mark, data)


def write_text(path: Path, content: TextFile) -> None:
    """Write a UTF-8 file so that a crash leaves the old file or the new one, never a half.

    The file keeps its permissions, and a link stays a link. Half surrogate pairs, which are not
    text, become U+FFFD. Content that is as it was read is written byte for byte.

    Raises:
        DocumentError: it cannot be written; the old file is untouched.
    """
    data = content.data or _bytes_of(content.text, content.newline, mark=content.mark)
    try:
        atomic_write.replace(path, data)
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def cannot_write(path: Path, error: OSError) -> DocumentError:
    """The error for a file that cannot be written, with what helps."""
    why = error.strerror or str(error)
    return DocumentError(Message.of("document.unwritable", path=str(path), why=why))


def _bytes_of(text: str, newline: str, *, mark: bool) -> bytes:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    data = whole.replace("\n", newline).encode("utf-8")
    return codecs.BOM_UTF8 + data if mark else data
