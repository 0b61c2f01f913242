"""What the data report counts in the shards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from model.data.token_shards import TokenShards
from model.vocab import BEGIN, BREAK, FIRST_HANZI, LATIN, UNKNOWN, Vocabulary

Counts = npt.NDArray[np.int64]
SEEN_AT_LEAST = (1, 100, 1000)
MIN_SHARE = 0.001  # of a second reading; what is rarer is mostly a slip of the tagging


@dataclass(frozen=True)
class SplitCounts:
    """Of one split.

    Attributes:
        tokens: (V,) how often each token occurs.
        document_lengths: in tokens, without the begin token.
    """

    tokens: Counts
    document_lengths: Counts

    def summary(self) -> dict[str, int]:
        """Totals by kind of token."""
        return {
            "documents": len(self.document_lengths),
            "tokens": int(self.tokens.sum()),
            "hanzi": int(self.tokens[FIRST_HANZI:].sum()),
            "marks": int(self.tokens[UNKNOWN + 1 : FIRST_HANZI].sum()),
            "latin": int(self.tokens[LATIN]),
            "breaks": int(self.tokens[BREAK]),
            "unknown": int(self.tokens[UNKNOWN]),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well the text covers the standard characters.

    Attributes:
        characters: in the standard.
        seen: for each of `SEEN_AT_LEAST`, the share (0 to 1) of them seen so often.
        text: share of the hanzi of running text that are standard characters.
    """

    characters: int
    seen: Mapping[int, float]
    text: float


@dataclass(frozen=True, slots=True)
class Heteronym:
    """Shares (0 to 1) of the readings of a character in running text, commonest first."""

    char: str
    count: int
    shares: Mapping[str, float]


def count_split(data: Path, split: str, size: int) -> SplitCounts:
    """Counts of the shards of `split`, over a vocabulary of `size` tokens."""
    totals = np.zeros(size, np.int64)
    lengths: list[Counts] = []
    # A document never spans two shards.
    for part in tqdm(TokenShards(data, split).tokens, desc=f"count {split}"):
        tokens = np.asarray(part)
        totals += np.bincount(tokens, minlength=size)
        begins = np.flatnonzero(tokens == BEGIN)
        lengths.append(np.diff(begins, append=len(tokens)) - 1)
    return SplitCounts(totals, np.concatenate(lengths))


def _character_counts(vocabulary: Vocabulary, tokens: Counts) -> dict[str, int]:
    found: dict[str, int] = {}
    for i in range(FIRST_HANZI, len(vocabulary)):
        found[vocabulary.texts[i]] = found.get(vocabulary.texts[i], 0) + int(tokens[i])
    return found


def measure_coverage(
    vocabulary: Vocabulary, tokens: Counts, standard: Sequence[str]
) -> Coverage:
    """Coverage of the `standard` characters by token counts (V,)."""
    counts = _character_counts(vocabulary, tokens)
    found = np.array([counts.get(char, 0) for char in standard])
    seen = {least: float(np.mean(found >= least)) for least in SEEN_AT_LEAST}
    return Coverage(len(found), seen, float(found.sum() / max(1, sum(counts.values()))))


def measure_heteronyms(vocabulary: Vocabulary, tokens: Counts, number: int) -> list[Heteronym]:
    """The `number` most frequent characters whose second reading is at least `MIN_SHARE`."""
    readings: dict[str, dict[str, int]] = {}
    for i in range(FIRST_HANZI, len(vocabulary)):
        if tokens[i]:
            found = readings.setdefault(vocabulary.texts[i], {})
            found[vocabulary.syllables[i]] = int(tokens[i])
    heteronyms = []
    for char, found in readings.items():
        total = sum(found.values())
        ranked = sorted(found.items(), key=lambda item: -item[1])
        if len(ranked) > 1 and ranked[1][1] >= MIN_SHARE * total:
            shares = {syllable: count / total for syllable, count in ranked}
            heteronyms.append(Heteronym(char, total, shares))
    return sorted(heteronyms, key=lambda heteronym: -heteronym.count)[:number]
