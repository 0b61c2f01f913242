"""How running text is read: the most probable path through the model, which knows readings.

A token is a hanzi with its syllable, so the likeliest tokens that write a text are its
likeliest reading, judged by all that stands before and behind. Of the paths that end in the
same tokens only the best goes on, which is exact for a model that looks back no further.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ime.ports import IntArray, LanguageModel
from ime.values import LeftContext

KEPT = 16
"""Paths followed at once."""

SHARED = 4  # tokens; an n-gram of order 5 looks back no further
MARGIN = 12.0  # nats; of paths so far behind, one in 160,000 is the right one
LONGEST = 48  # characters read at once; their readings stand before the next piece
_ENDS = frozenset("。！？；!?;\n")


@dataclass(frozen=True, slots=True)
class _Path:
    """A way to read a piece so far.

    Attributes:
        tokens: of its characters, and of what stands between them.
        score: nats.
        before: state of the model before the last token.
    """

    tokens: tuple[int, ...]
    score: float
    before: int


class Reader:
    """Reads text.

    Args:
        model: whose tokens and scores count; its states are dropped.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._syllables = model.tokens.syllables
        tokens: dict[str, list[int]] = {}
        for syllable, ids in model.tokens.by_syllable.items():
            for token in ids.tolist() if syllable else ():
                tokens.setdefault(model.tokens.texts[token], []).append(token)
        self._tokens = {char: np.array(sorted(ids)) for char, ids in tokens.items()}

    def read(self, text: str, context: LeftContext | None = None) -> tuple[str, ...]:
        """The syllable of each character, ü written v.

        Args:
            text: to read; any script.
            context: what stands before it.

        Returns:
            One entry a character: empty for what is no hanzi, and for a hanzi that the model
            does not have.
        """
        left = context or LeftContext()
        found: list[str] = []
        for piece in _pieces(text):
            syllables = self._read_piece(piece, left)
            found += syllables
            start = len(left.text)
            known = tuple((start + i, each) for i, each in enumerate(syllables) if each)
            left = LeftContext(left.text + piece, left.readings + known).last(4 * LONGEST)
        return tuple(found)

    def _read_piece(self, piece: str, left: LeftContext) -> list[str]:
        if all(len(self._tokens.get(char, ())) < 2 for char in piece):
            tokens = [self._tokens[char][0] for char in piece if char in self._tokens]
        else:
            paths = [_Path((), 0.0, self._model.start(left))]
            for options in self._steps(piece):
                paths = self._follow(paths, options)
            tokens = [token for token in paths[0].tokens if self._syllables[token]]
        read = iter(tokens)
        return [self._syllables[next(read)] if char in self._tokens else "" for char in piece]

    def _steps(self, piece: str) -> Iterator[IntArray]:
        """Tokens that each character may be; those of what is no hanzi are certain."""
        for known, run in groupby(piece, self._tokens.__contains__):
            if known:
                yield from (self._tokens[char] for char in run)
            else:
                yield from np.array(self._model.encode(LeftContext("".join(run))))[:, None]

    def _follow(self, paths: list[_Path], options: IntArray) -> list[_Path]:
        """The best paths that are one token longer, best first."""
        states = self._states(paths)
        gains = np.zeros((len(paths), len(options)), np.float32)
        if gains.size > 1 and self._is_predicted(int(options[0])):
            gains = self._model.log_probs(states)[:, options]
        longer = [
            _Path((*path.tokens, token), path.score + gain, state)
            for path, state, row in zip(paths, states.tolist(), gains.tolist(), strict=True)
            for token, gain in zip(options.tolist(), row, strict=True)
        ]
        longer.sort(key=lambda path: -path.score)
        best: dict[tuple[int, ...], _Path] = {}
        for path in longer:
            if path.score > longer[0].score - MARGIN:
                best.setdefault(path.tokens[-SHARED:], path)
        return list(best.values())[:KEPT]

    def _states(self, paths: list[_Path]) -> IntArray:
        """States behind the paths, computed in one step."""
        before = np.array([path.before for path in paths], np.int64)
        if not paths[0].tokens:
            return before
        return self._model.extend(before, np.array([path.tokens[-1] for path in paths]))

    def _is_predicted(self, token: int) -> bool:
        """Whether its probability means something; that of a run of Latin letters does not."""
        return len(self._model.tokens.texts[token]) == 1


def _pieces(text: str) -> Iterator[str]:
    """The text cut behind the marks that end a sentence, and where it is too long."""
    start = 0
    for end, char in enumerate(text, start=1):
        if char in _ENDS or end - start == LONGEST or end == len(text):
            yield text[start:end]
            start = end
