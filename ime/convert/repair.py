"""What an earlier part of a sentence should have been, now that its end is there.

While a sentence is typed, a character is chosen by what stands before it. Here each hanzi may
be any other of its sound, and whole sentences are compared, so that what stands behind it
counts, too:

    gain(text) = score(text) - score(what stands there)
               + sum over the changed of log P(what stands there | its sound, the text before)

The sum is a noisy channel: what slipped through had looked likely, and a rare character in a
name was chosen with care. A beam search over the characters, in which what stands there is
never dropped. A change is offered where it gains at least `LEAST_GAIN` beyond what the sentence
would gain without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ime.convert.score.formula import Score
from ime.convert.text_to_pinyin import Reader
from ime.ports import FloatArray, IntArray
from ime.values import LeftContext, Repair

LEAST_GAIN = 3.0  # by `python -m tests.repair`; EXPERIMENTS.md
LONGEST = 40  # characters of a sentence that are looked at, the last
KEPT = 12  # texts followed at once
MARGIN = 12.0  # nats below the best of them from which on one is dropped
MOST_CHANGED = 4  # hanzi that a repair changes
MOST = 5  # repairs that are offered
ENDS = frozenset("。！？；!?;…\n")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece of the sentence that is one token.

    Attributes:
        at: place in the sentence.
        ids: (N,) tokens that it may be, that of the sentence first; more than one of a hanzi.
    """

    at: int
    ids: IntArray


@dataclass(frozen=True, slots=True)
class _Path:
    """A sentence so far.

    Attributes:
        tokens: of its units.
        changed: places of the tokens that are not those of the sentence as it stands.
        score: nats, with the channel's.
        before: state of the model before the last token.
        nats: that the model gives to the last token.
    """

    tokens: tuple[int, ...]
    changed: frozenset[int]
    score: float
    before: int
    nats: float = 0.0


class Repairer:
    """Finds what a sentence should have been.

    Args:
        score: of texts; the states of its model are dropped.
    """

    def __init__(self, score: Score) -> None:
        self._score, self._model = score, score.model
        self._reader = Reader(score.model)
        tokens = score.model.tokens
        self._texts, self._by_syllable, self._ids = tokens.texts, tokens.by_syllable, tokens.ids

    def repairs(
        self, context: LeftContext, stale: Callable[[], bool] | None = None
    ) -> tuple[Repair, ...] | None:
        """What the last sentence of a text should have been, likeliest first.

        Args:
            context: the text; what stands left of its last sentence counts, too.
            stale: asked between steps; once it is true the work stops.

        Returns:
            None where `stale` stopped it.
        """
        start = last_sentence(context.text)
        known = tuple(item for item in context.readings if item[0] < start)
        before = LeftContext(context.text[:start], known)
        units = self._units(context, before, start)
        paths = [_Path((), frozenset(), 0.0, self._model.start(before))]
        for unit in units:
            if stale is not None and stale():
                return None
            paths = self._follow(paths, unit)
        if len(paths) == 1:
            return ()
        gains = self._gains(before, paths)
        ranked = sorted(_worth(paths, gains), key=lambda item: -item[1])[:MOST]
        return tuple(
            self._written(context.text[start:], units, path, gain) for path, gain in ranked
        )

    def _units(self, context: LeftContext, before: LeftContext, start: int) -> list[_Unit]:
        sentence = context.text[start:]
        readings = dict(enumerate(self._reader.read(sentence, before)))
        readings |= {
            at - start: said
            for at, said in context.readings
            if at >= start and (context.text[at], said) in self._ids
        }
        units: list[_Unit] = []
        for is_read, run in groupby(enumerate(sentence), lambda item: bool(readings[item[0]])):
            places = list(run)
            if is_read:
                units += [_Unit(at, self._homophones(c, readings[at])) for at, c in places]
            else:
                other = LeftContext("".join(char for _, char in places))
                tokens = self._model.encode(other)
                units += [_Unit(places[0][0], np.array([token])) for token in tokens]
        return units

    def _homophones(self, char: str, syllable: str) -> IntArray:
        token = self._ids[char, syllable]
        alike = self._by_syllable[syllable]
        return np.concatenate(([token], alike[alike != token]))

    def _follow(self, paths: Sequence[_Path], unit: _Unit) -> list[_Path]:
        """The best paths that are one token longer, the sentence as it stands before them."""
        place = len(paths[0].tokens)
        states = self._states(paths)
        gains = nats = np.zeros((len(paths), len(unit.ids)), np.float32)
        if len(self._texts[int(unit.ids[0])]) == 1:  # that of a run of Latin says nothing
            log_probs = self._model.log_probs(states)
            gains = self._score.token_nats(log_probs, states, unit.ids)
            nats = log_probs[:, unit.ids]
        gains[:, 1:] += gains[0, 0] - np.logaddexp.reduce(gains[0])
        totals = gains + np.array([path.score for path in paths], np.float32)[:, None]
        full = [len(path.changed) >= MOST_CHANGED for path in paths]
        totals[np.array(full), 1:] = -np.inf

        def longer(row: int, column: int) -> _Path:
            path, token = paths[row], int(unit.ids[column])
            changed = path.changed | {place} if column else path.changed
            score, known = float(totals[row, column]), float(nats[row, column])
            return _Path((*path.tokens, token), changed, score, int(states[row]), known)

        stands = longer(0, 0)
        flat = totals.flatten()
        flat[0] = -np.inf
        best = np.argsort(-flat, kind="stable")[:KEPT]
        least = max(float(flat[best[0]]), stands.score) - MARGIN if len(best) else 0.0
        places = best[flat[best] > least].tolist()
        return [stands, *(longer(*divmod(at, len(unit.ids))) for at in places)]

    def _states(self, paths: Sequence[_Path]) -> IntArray:
        """States behind the paths, computed in one step."""
        before = np.array([path.before for path in paths], np.int64)
        if not paths[0].tokens:
            return before
        tokens = np.array([path.tokens[-1] for path in paths])
        nats = np.array([path.nats for path in paths], np.float32)
        return self._score.extend(before, tokens, nats)

    def _gains(self, before: LeftContext, paths: Sequence[_Path]) -> FloatArray:
        """(N,) nats that each path is above the first."""
        encoded = self._model.encode(before)
        scores = np.array([path.score for path in paths], np.float32)
        scores += self._score.input_gain(encoded, [path.tokens for path in paths])
        gains: FloatArray = scores - scores[0]
        return gains

    def _written(
        self, sentence: str, units: Sequence[_Unit], path: _Path, gain: float
    ) -> Repair:
        """The sentence from the first change on, and what it should have been."""
        places = sorted(units[place].at for place in path.changed)
        new = list(sentence)
        for place in path.changed:
            new[units[place].at] = self._texts[path.tokens[place]]
        first = places[0]
        from_first = tuple(place - first for place in places)
        return Repair(sentence[first:], "".join(new[first:]), from_first, gain)


def last_sentence(text: str) -> int:
    """Where the last sentence begins; the marks that end it belong to it."""
    end = len(text.rstrip("".join(ENDS)))
    begin = max((text.rfind(mark, 0, end) + 1 for mark in ENDS), default=0)
    return max(begin, len(text) - LONGEST)


def _worth(paths: Sequence[_Path], gains: FloatArray) -> list[tuple[_Path, float]]:
    """Those whose every change gains enough beside the others, with their gains."""
    found = []
    for path, gain in zip(paths[1:], gains[1:].tolist(), strict=True):
        fewer = [
            other
            for known, other in zip(paths, gains.tolist(), strict=True)
            if known.changed < path.changed
        ]
        if gain - max(fewer) >= LEAST_GAIN:
            found.append((path, gain))
    return found
