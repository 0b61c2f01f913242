"""Reading and writing the documents that the user names; errors are meant for the user."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ime import atomic_write
from ime.errors import EnvironmentFaultError, Message

UTF_8 = "utf-8"
CHINESE = {"gb18030": "GB 18030 (GBK)", "big5hkscs": "Big5"}
"""Encodings of Chinese before UTF-8 that are read and written, and what users call them."""
LIKELY = 0.5
"""Least share of everyday characters: bytes of no text reach 0.2 in one, text over 0.9."""
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
        encoding: of the file, by the name that Python knows it by.
        data: the bytes that `text` was read from; empty for text that was not read.
    """

    text: str
    newline: str = "\n"
    mark: bool = False
    encoding: str = UTF_8
    data: bytes = b""

    @property
    def is_exact(self) -> bool:
        """Whether writing the text gives the bytes that were read."""
        return _bytes_of(self) == self.data


_LINE_END = re.compile("\r\n|\r|\n|\u2029|\ufdd0|\ufdd1")
"""What begins a new line in Qt's text documents; those behind the first three are rare."""


def read_text(path: Path) -> TextFile:
    """Read a file in UTF-8, or in one of `CHINESE` if it is not that.

    Raises:
        DocumentError: it cannot be read, is larger than `LARGEST`, or has another encoding.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            sizes = {"size": size / 1e6, "largest": LARGEST / 1e6}
            raise DocumentError(Message.of("document.too_large", path=str(path), **sizes))
        data = path.read_bytes()
        encoding = _encoding_of(data)
        text = data.decode("utf-8-sig" if encoding == UTF_8 else encoding)
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
    return TextFile(_LINE_END.sub("\n", text), newline, mark, encoding, data)


def write_text(path: Path, content: TextFile) -> None:
    """Write a file so that a crash leaves the old file or the new one, never a half.

    The file keeps its permissions, and a link stays a link. Half surrogate pairs, which are not
    text, become U+FFFD. Content that is as it was read is written byte for byte.

    Raises:
        DocumentError: it cannot be written, or its encoding lacks a character; the old file is
            untouched.
    """
    try:
        data = content.data or _bytes_of(content)
    except UnicodeEncodeError as exc:
        figures = {"path": str(path), "character": exc.object[exc.start]}
        name = CHINESE[content.encoding]
        raise DocumentError(
            Message.of("document.unencodable", encoding=name, **figures)
        ) from exc
    try:
        atomic_write.replace(path, data)
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def cannot_write(path: Path, error: OSError) -> DocumentError:
    """The error for a file that cannot be written, with what helps."""
    why = error.strerror or str(error)
    return DocumentError(Message.of("document.unwritable", path=str(path), why=why))


def _bytes_of(content: TextFile) -> bytes:
    """What a file with this content holds.

    Raises:
        UnicodeEncodeError: the encoding lacks a character.
    """
    whole = content.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    data = whole.replace("\n", content.newline).encode(content.encoding)
    return codecs.BOM_UTF8 + data if content.mark else data


def _encoding_of(data: bytes) -> str:
    """UTF-8 where the bytes are that, else the likelier of `CHINESE`, else UTF-8 all the same.

    Nearly all bytes mean something in both of these. The everyday characters tell them apart:
    GB 18030 has them where GB 2312 had its 6,763, Big5 in the first of its two levels.
    """
    try:
        data.decode(UTF_8)
    except UnicodeDecodeError:
        shares = {name: _everyday(data, name) for name in CHINESE}
        best = max(shares, key=shares.__getitem__)
        return best if shares[best] > LIKELY else UTF_8
    return UTF_8


def _everyday(data: bytes, encoding: str) -> float:
    """The share of everyday characters among those of two bytes; 0 if a byte means nothing."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    wide = [code for char in text if len(code := char.encode(encoding)) > 1]
    everyday = sum(_is_everyday(code, encoding) for code in wide)
    return everyday / len(wide) if wide else 0.0


def _is_everyday(code: bytes, encoding: str) -> bool:
    if encoding == "big5hkscs":
        return 0xA1 <= code[0] <= 0xC6
    row = code[0]  # of GB 2312; those between are letters of other scripts and frames
    return len(code) == 2 and code[1] >= 0xA1 and (row in (0xA1, 0xA3) or 0xB0 <= row <= 0xF7)
