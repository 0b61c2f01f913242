"""`moyin pinyin`: how running text is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TextIO

from ime.engine.reading import Reader


def read_lines(reader: Reader, lines: Iterable[str], out: TextIO, *, as_json: bool) -> None:
    """Write the reading of each line.

    Args:
        reader: of the text.
        lines: each read for itself; their ends are dropped.
        out: where to.
        as_json: an object a line, with a syllable or null for each character.
    """
    for line in lines:
        text = line.rstrip("\r\n")
        syllables = reader.read(text)
        if as_json:
            values = [syllable or None for syllable in syllables]
            written = json.dumps({"text": text, "syllables": values}, ensure_ascii=False)
        else:
            written = spelled(text, syllables)
        print(written, file=out, flush=True)


def spelled(text: str, syllables: Sequence[str]) -> str:
    """Syllables in the place of hanzi, with a space between what would run together.

    Args:
        text: what was read.
        syllables: one a character; empty where the character itself is to stand.
    """
    parts: list[str] = []
    before = ""  # the syllable before, if there is one
    for char, syllable in zip(text, syllables, strict=True):
        last = parts[-1] if parts else ""
        part = syllable or char
        if (syllable or before) and part.isalnum() and last.isalnum():
            parts.append(" ")
        parts.append(part)
        before = syllable
    return "".join(parts)
