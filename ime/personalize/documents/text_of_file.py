"""The paragraphs of a file, told apart by who wrote them: prose, quotes, code.

Each format is read by its own library, imported when a file of it comes. A file is read whole
and never changed; nothing outside it is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from ime.errors import EnvironmentFaultError, Message
from ime.lexicon.importers.entries import Flaw, decoded

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file above which it is not read; a novel of a million hanzi has three million."""


class DocumentError(EnvironmentFaultError):
    """A file cannot be read as text."""


class Voice(Enum):
    """Who speaks in a paragraph."""

    OWN = "own"
    QUOTE = "quotes"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a file.

    Attributes:
        text: of one line or more.
        voice: who speaks.
    """

    text: str
    voice: Voice = Voice.OWN


def read_file(path: Path) -> list[Paragraph]:
    """All paragraphs of a file, in order.

    Args:
        path: its suffix is one of `READERS`, in any case.

    Raises:
        DocumentError: it is too large, damaged, locked by a password, or no file of its kind.
    """
    read = READERS[path.suffix.lower()]
    try:
        if path.stat().st_size > LARGEST:
            raise DocumentError(
                Message.of("documents.fault.too_large", path=str(path), most=LARGEST >> 20)
            )
        return [one for one in read(path) if one.text.strip()]
    except OSError as exc:
        raise _unreadable(path, exc.strerror or str(exc)) from exc
    except DocumentError:
        raise
    # Each library has errors of its own, and damaged files bring out others besides.
    except Exception as exc:
        raise _unreadable(path, type(exc).__name__) from exc


def _unreadable(path: Path, why: str) -> DocumentError:
    return DocumentError(Message.of("documents.fault.unreadable", path=str(path), why=why))


def _text(path: Path) -> str:
    text = decoded(path.read_bytes())
    if isinstance(text, Flaw):
        raise _unreadable(path, text.told)
    return text


def _plain(path: Path) -> Iterator[Paragraph]:
    for line in _text(path).splitlines():
        quoted = line.lstrip().startswith((">", "＞"))
        yield Paragraph(line, Voice.QUOTE if quoted else Voice.OWN)


def _markdown(path: Path) -> Iterator[Paragraph]:
    from markdown_it import MarkdownIt

    depth = 0  # of quotes
    for token in MarkdownIt().parse(_text(path)):
        match token.type:
            case "blockquote_open":
                depth += 1
            case "blockquote_close":
                depth -= 1
            case "fence" | "code_block":
                yield Paragraph(token.content, Voice.CODE)
            case "inline":
                parts = token.children or []
                text = "".join(map(_inline, parts))
                yield Paragraph(text, Voice.QUOTE if depth else Voice.OWN)
                for part in parts:
                    if part.type == "code_inline":
                        yield Paragraph(part.content, Voice.CODE)
            case _:
                pass


def _inline(part: Any) -> str:
    """What a part of a line of Markdown adds to the text."""
    if part.type in ("softbreak", "hardbreak", "code_inline"):
        return " "
    return str(part.content) if part.type == "text" else ""


_QUOTES = frozenset(("blockquote", "q", "cite"))
_CODES = frozenset(("pre", "code", "kbd", "samp", "tt"))
_NO_TEXT = frozenset(("script", "style", "noscript", "template", "nav", "svg", "head"))
_INSIDE_LINES = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "del",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "mark",
        "rp",
        "rt",
        "ruby",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "wbr",
    ]
)


def _html(path: Path) -> Iterator[Paragraph]:
    from lxml import html

    data = _text(path)
    if not data.strip():
        return
    # As bytes in a code that is named: lxml refuses text that declares one of its own.
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    yield from _below(html.document_fromstring(data.encode(), parser=parser), Voice.OWN)


def _below(element: Any, voice: Voice) -> Iterator[Paragraph]:
    """The paragraphs of an element; text on both sides of what is inside a line is one."""
    line = element.text or ""
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""  # a comment has none
        if tag in _INSIDE_LINES:
            line += "".join(child.itertext())
        elif tag and tag not in _NO_TEXT:
            yield Paragraph(line, voice)
            line = ""
            inner = Voice.QUOTE if tag in _QUOTES else Voice.CODE if tag in _CODES else voice
            yield from _below(child, inner)
        line += child.tail or ""
    yield Paragraph(line, voice)


def _docx(path: Path) -> Iterator[Paragraph]:
    from docx import Document

    document = Document(str(path))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    for holder in (document, *cells):
        for one in holder.paragraphs:
            yield Paragraph(one.text, _voice_of_style(one.style.name if one.style else ""))


def _odt(path: Path) -> Iterator[Paragraph]:
    from odfdo import Document

    for one in Document(str(path)).body.get_paragraphs():
        yield Paragraph(one.inner_text, _voice_of_style(one.style))


def _voice_of_style(name: str | None) -> Voice:
    """Who speaks in a paragraph of a text processor, by the name of its style."""
    name = (name or "").lower()
    if "quot" in name or "引用" in name:
        return Voice.QUOTE
    return Voice.CODE if "code" in name or "preformatted" in name else Voice.OWN


_ENDS = ("。", "！", "？", "；", "：", "”", "…", ".", "!", "?", ":")
_GLUED = re.compile(r"(?<=[\u3400-\u9fff，、])\n(?=[\u3400-\u9fff])")


def _pdf(path: Path) -> Iterator[Paragraph]:
    """A page has lines, not paragraphs: one that does not end a sentence goes on."""
    from pypdf import PdfReader

    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(Message.of("documents.fault.locked", path=str(path)))
    for page in reader.pages:
        whole = ""
        for line in page.extract_text().splitlines():
            whole += line.rstrip() + "\n"
            if line.rstrip().endswith(_ENDS):
                yield Paragraph(_GLUED.sub("", whole))
                whole = ""
        yield Paragraph(_GLUED.sub("", whole))


READERS: Final[dict[str, Callable[[Path], Iterator[Paragraph]]]] = {
    ".txt": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".docx": _docx,
    ".odt": _odt,
    ".pdf": _pdf,
}
"""By suffix, in small letters. A chat that was exported is a .txt."""
