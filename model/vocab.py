"""The vocabulary: one token is one hanzi together with its toneless syllable.

重/zhong and 重/chong are two tokens, so a heteronym is resolved by the model itself. The other
tokens are marks that occur in the text left of the caret: punctuation, digits, one token for a
run of Latin letters, one for a break (a space or a line end) and the begin token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

PAD, BEGIN, BREAK, LATIN, UNKNOWN = range(5)
SPECIALS = ("<pad>", "<begin>", "<break>", "<latin>", "<unknown>")
MARKS = tuple("0123456789，。、？！：；“”‘’（）《》【】…—·%/-+=.~@#&*")
# ASCII punctuation shares the token of its full-width form: in Chinese text they mean the same.
MARK_ALIASES = {
    ",": "，", "?": "？", "!": "！", ":": "：", ";": "；", "(": "（", ")": "）", '"': "“",
    "'": "’", "[": "【", "]": "】", "「": "“", "」": "”", "『": "‘", "』": "’", "〈": "《",
    "〉": "》", "～": "~", "–": "—", "─": "—", "•": "·", "%": "%", "％": "%", "．": ".",
}  # fmt: skip
FIRST_HANZI = len(SPECIALS) + len(MARKS)
_PIECE = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\s+|.", re.DOTALL)


def is_hanzi(char: str) -> bool:
    """Whether `char` is a CJK ideograph (basic block, extension A, or a supplementary one)."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char >= "\U00020000"


@dataclass(frozen=True)
class Vocabulary:
    """Token ids and what they stand for.

    Attributes:
        texts: text of each id; hanzi ids hold one character, specials a name in `<>`.
        syllables: toneless syllable of each id, ü written v; empty below `FIRST_HANZI`.
        counts: how often the training text has the token; readings of a character are ordered
            by it.
    """

    texts: tuple[str, ...]
    syllables: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    _ids: dict[tuple[str, str], int] = field(init=False, repr=False, compare=False)
    _commonest: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {pair: i for i, pair in enumerate(zip(self.texts, self.syllables, strict=True))}
        commonest: dict[str, int] = {}
        for i in range(FIRST_HANZI, len(self.texts)):
            best = commonest.get(self.texts[i])
            if best is None or self.counts[i] > self.counts[best]:
                commonest[self.texts[i]] = i
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_commonest", commonest)

    def __len__(self) -> int:
        return len(self.texts)

    def find(self, char: str, syllable: str) -> int:
        """Id of a (hanzi, syllable) pair, or `UNKNOWN`."""
        return self._ids.get((char, syllable), UNKNOWN)

    def commonest_reading(self, char: str) -> int:
        """Id of `char` with its most frequent reading, or `UNKNOWN`."""
        return self._commonest.get(char, UNKNOWN)

    def mark(self, char: str) -> int:
        """Id of a character that is not a hanzi, `UNKNOWN` where it has no token."""
        return self._ids.get((MARK_ALIASES.get(char, char), ""), UNKNOWN)

    def encode(
        self, text: str, readings: Mapping[int, str] | None = None, *, limit: int | None = None
    ) -> list[int]:
        """Tokens of running text.

        Args:
            text: any text; unknown characters become `UNKNOWN`.
            readings: syllables of the hanzi whose reading is known, by offset in `text`; the
                other hanzi get their commonest reading.
            limit: keep only this many tokens, the last ones.
        """
        known = readings or {}
        ids: list[int] = []
        for match in _PIECE.finditer(text):
            piece, start = match.group(), match.start()
            if len(piece) > 1 or piece.isascii():
                ids.append(self._encode_ascii(piece))
            elif is_hanzi(piece):
                token = self.find(piece, known[start]) if start in known else UNKNOWN
                ids.append(token if token != UNKNOWN else self.commonest_reading(piece))
            else:
                ids.append(BREAK if piece.isspace() else self.mark(piece))
        return ids if limit is None else ids[max(0, len(ids) - limit) :]

    def _encode_ascii(self, piece: str) -> int:
        if piece.isspace():
            return BREAK
        return LATIN if piece[0].isalpha() else self.mark(piece)

    def by_syllable(self) -> dict[str, npt.NDArray[np.int64]]:
        """Hanzi ids of every syllable, ascending."""
        groups: dict[str, list[int]] = {}
        for i in range(FIRST_HANZI, len(self.texts)):
            groups.setdefault(self.syllables[i], []).append(i)
        return {key: np.asarray(ids, dtype=np.int64) for key, ids in groups.items()}

    def save(self, path: Path) -> None:
        """Write one `text<tab>syllable<tab>count` line a token."""
        lines = (
            f"{text}\t{syllable}\t{count}\n"
            for text, syllable, count in zip(
                self.texts, self.syllables, self.counts.tolist(), strict=True
            )
        )
        path.write_text("".join(lines), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read what `save` wrote.

        Raises:
            ValueError: a line has not three fields, or the leading tokens are not ours.
        """
        rows = [
            line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line
        ]
        if any(len(row) != 3 for row in rows):
            raise ValueError(f"{path}: every line needs text, syllable and count")
        texts = tuple(row[0] for row in rows)
        if texts[:FIRST_HANZI] != SPECIALS + MARKS:
            raise ValueError(f"{path}: the leading tokens are not those of this version")
        counts = np.array([int(row[2]) for row in rows], dtype=np.int64)
        return cls(texts, tuple(row[1] for row in rows), counts)

    @classmethod
    def from_pairs(
        cls, pairs: Iterable[tuple[str, str]], counts: Sequence[int] | None = None
    ) -> Vocabulary:
        """Specials and marks, then `pairs` of (hanzi, syllable) in the order given.

        Args:
            pairs: the hanzi tokens.
            counts: one count a token, specials and marks included; zeros where left out.
        """
        hanzi = list(pairs)
        head = SPECIALS + MARKS
        texts = head + tuple(char for char, _ in hanzi)
        syllables = ("",) * len(head) + tuple(syllable for _, syllable in hanzi)
        values = np.zeros(len(texts), np.int64) if counts is None else np.asarray(counts)
        return cls(texts, syllables, values.astype(np.int64))
