"""Words of letters, and of letters and hanzi: KTV, iPhone, git, C盘, T恤.

`letters.tsv` holds one line for each way to write a word: what is typed, what is written, how
often the training text has it. What is typed is small letters; of words of letters and hanzi it
is letters and syllables with blanks between them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path

from ime.errors import AssetError
from ime.pinyin.shuangpin import Scheme

_PIECES = re.compile(r"[A-Za-z0-9]+|.")
ALL_BUT_ALWAYS = 0.8
"""Share of one way to write a word from which on that is meant, whatever was typed."""


class LetterWords:
    """Read-only words; a `LetterRuns`.

    Args:
        rows: (typed, written, count).
    """

    def __init__(self, rows: Iterable[tuple[str, str, int]] = ()) -> None:
        ways: dict[str, list[tuple[str, int]]] = {}
        self._mixed: list[tuple[str, str]] = []
        for typed, written, count in rows:
            if not written.isascii():
                self._mixed.append((typed, written))
            ways.setdefault(typed.replace(" ", ""), []).append((written, count))
        self._ways = {
            typed: tuple(sorted(found, key=lambda way: -way[1]))
            for typed, found in ways.items()
        }
        total = sum(count for found in ways.values() for _, count in found)
        self._nats = {
            typed: math.log(sum(count for _, count in found) / total)
            for typed, found in ways.items()
        }
        self.longest = max(map(len, ways), default=0)
        """Letters of the longest word as it is typed."""
        self._coded: dict[str, dict[str, list[str]]] = {}

    @classmethod
    def load(cls, path: Path) -> LetterWords:
        """Read the shipped file.

        Raises:
            AssetError: it is missing or damaged.
        """
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
            rows = (line.split("\t") for line in lines if line)
            return cls([(typed, written, int(count)) for typed, written, count in rows])
        except (OSError, ValueError) as exc:
            raise AssetError(
                f"The words of letters {path} cannot be read ({exc}). Install Moyin again."
            ) from exc

    def log_prob(self, typed: str) -> float:
        """Nats of a word among all of them, -inf where it is none.

        Small letters may be typed for capitals, and all capitals for any; else they must agree.
        """
        small = typed.lower()
        nats = self._nats.get(small, -math.inf)
        if typed in (small, typed.upper()) or nats == -math.inf:
            return nats
        fits = any(
            written in (typed, small) or not written.isascii()
            for written, _ in self._ways[small]
        )
        return nats if fits else -math.inf

    def text_of(self, typed: str) -> str:
        """What is written for letters as they are typed.

        Capitals that were typed are meant; small letters become what nearly everybody writes.
        """
        known = self._ways.get(typed.lower(), ())
        if not known:
            return typed
        written, count = known[0]
        if not written.isascii():
            return written
        sure = count >= ALL_BUT_ALWAYS * sum(n for _, n in known)
        return written if sure and typed.islower() else typed

    def ways_of(self, typed: str) -> tuple[str, ...]:
        """All that may be written for small letters: themselves, if they are a word, first."""
        known = tuple(written for written, _ in self._ways.get(typed, ()))
        if any(written.isascii() for written in known):
            return tuple(dict.fromkeys((typed, *known)))
        return known

    def coded(self, keys: str, scheme: Scheme) -> tuple[str, ...]:
        """Words of letters and hanzi whose hanzi are typed by codes of a shuangpin scheme."""
        if scheme.title not in self._coded:
            table: dict[str, list[str]] = {}
            for typed, written in self._mixed:
                pieces = zip(typed.split(" "), _PIECES.findall(written), strict=True)
                code = "".join(
                    letters if piece.isascii() else scheme.codes.get(letters, letters)
                    for letters, piece in pieces
                )
                table.setdefault(code, []).append(written)
            self._coded[scheme.title] = table
        return tuple(self._coded[scheme.title].get(keys, ()))
