"""What the user chose for a reading: the tier that changes the very next list.

What was first and sure says nothing about the user; a text chosen against what was expected
does. So each text of a reading is credited with its surprise, the times it was chosen (O) less
the times it was expected (E, the sum of the probabilities that the model gave it then), and
gets that share of its reading:

    share(text) = max(0, O - E - SLIP) / (choices for the reading + CAUTION)
    p(text | reading) = (1 - sum of all shares) p_model + share(text)

One slip does not outrank what the model is sure of, three consistent choices do; where context
told the model right, nothing is added, and it goes on telling homophones apart. Choices age: a
choice for a reading takes a tenth off what was chosen for it before, save off the surprise of
the text that it confirms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

# Choices that weigh as much as the model, and surprise that does not count: one choice gets a
# share of a fifth, three 0.52.
CAUTION = 1.5
SLIP = 0.5
FADING = 0.9  # of an older choice when the same reading is chosen for again
REMEMBERED = 64  # choices for one reading that can be taken back

Reading = tuple[str, ...]
_Line = tuple[Annotated[float, msgspec.Meta(ge=0)], dict[str, float]]
_Sheet = tuple[int, dict[str, int], dict[str, _Line]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice for a reading.

    Attributes:
        text: what was chosen.
        expected: probabilities, 0 to 1, of the texts of that reading in the model's eyes.
        weight: how much the choice counts, 1 for one made with open eyes.
    """

    text: str
    expected: Mapping[str, float] = field(default_factory=dict)
    weight: float = 1.0


class ChoiceSumsError(ValueError):
    """A line is not what `UserChoices.to_sums` makes."""


@dataclass(slots=True)
class _Sums:
    """Of the choices for one reading, faded: their weights, and the surprise of each text."""

    total: float = 0.0
    surprise: dict[str, float] = field(default_factory=dict)

    def add(self, choice: Choice) -> None:
        foreseen = choice.expected.get(choice.text, 0.0)
        for text in self.surprise:
            news = 1.0 - foreseen if text == choice.text else 1.0
            self.surprise[text] *= FADING ** (choice.weight * news)
        self.total = self.total * FADING**choice.weight + choice.weight
        self._gain(choice.text, choice.weight)
        for text, probability in choice.expected.items():
            self._gain(text, -choice.weight * probability)

    def _gain(self, text: str, value: float) -> None:
        self.surprise[text] = self.surprise.get(text, 0.0) + value

    def copy(self) -> _Sums:
        return _Sums(self.total, dict(self.surprise))


class _Group:
    """The choices for one reading: sums of the older ones, and the newest one by one."""

    __slots__ = ("older", "recent", "sums")

    def __init__(self, older: _Sums) -> None:
        self.older = older
        self.recent: list[Choice] = []
        self.sums = older.copy()

    def add(self, choice: Choice) -> None:
        self.recent.append(choice)
        self.sums.add(choice)
        if len(self.recent) > REMEMBERED:
            self.older.add(self.recent.pop(0))

    def count_anew(self) -> None:
        self.sums = self.older.copy()
        for choice in self.recent:
            self.sums.add(choice)


class UserChoices:
    """Chosen texts by reading, in memory; rebuilt from the selection log at each start."""

    def __init__(self) -> None:
        self._groups: dict[Reading, _Group] = {}  # of readings that were chosen for since
        self._before: Mapping[str, _Line] = {}  # by readings in one string; never changed
        self._texts: Counter[str] = Counter()
        self._made = 0

    def __contains__(self, text: object) -> bool:
        """Whether a text was chosen, by itself, for any reading."""
        return text in self._texts

    def __iter__(self) -> Iterator[Reading]:
        """Every reading that something was chosen for."""
        yield from self._groups
        for name in self._before:
            syllables = tuple(name.split())
            if syllables not in self._groups:
                yield syllables

    @property
    def made(self) -> int:
        """How many choices were made, without those that were taken back."""
        return self._made

    def add(self, syllables: Reading, choice: Choice) -> None:
        """Count one choice for its full reading."""
        self._group(syllables).add(choice)
        self._texts[choice.text] += 1
        self._made += 1

    def remove(self, syllables: Reading, text: str) -> None:
        """Take back the newest choice of `text`; nothing happens where it was never chosen.

        What is left counts as if that choice had never been made. Those of before `begin_with`
        are not taken back.
        """
        group = self._groups.get(syllables, _Group(_Sums()))
        for place in range(len(group.recent) - 1, -1, -1):
            if group.recent[place].text == text:
                del group.recent[place]
                group.count_anew()
                self._uncount(text, 1)
                self._made -= 1
                return

    def forget(self, syllables: Reading, text: str) -> None:
        """Take back every choice of `text` for its full reading."""
        if text in self._sums(syllables).surprise:
            group = self._group(syllables)
            group.recent = [choice for choice in group.recent if choice.text != text]
            group.older.surprise.pop(text, None)
            group.count_anew()
        self._texts.pop(text, None)

    def _group(self, syllables: Reading) -> _Group:
        group = self._groups.get(syllables)
        if group is None:
            older = self._sums(syllables).copy()
            group = self._groups[syllables] = _Group(older)
        return group

    def _sums(self, syllables: Reading) -> _Sums:
        """What the choices for a reading come to; not to be changed."""
        group = self._groups.get(syllables)
        return (
            group.sums
            if group is not None
            else _Sums(*self._before.get(" ".join(syllables), ()))
        )

    def _uncount(self, text: str, times: int) -> None:
        self._texts[text] -= times
        if self._texts[text] <= 0:
            del self._texts[text]

    def begin_with(self, other: UserChoices) -> None:
        """Hold what `other` holds, and nothing else; it does not change with this any more."""
        self._made, self._texts = other._made, other._texts.copy()
        self._before, self._groups = other._lines(), {}

    def _lines(self) -> dict[str, _Line]:
        now = {
            " ".join(syllables): (group.sums.total, group.sums.surprise)
            for syllables, group in self._groups.items()
        }
        return {**self._before, **now}

    def to_sums(self) -> str:
        """All of it in one line of JSON; `from_sums` reads it."""
        return msgspec.json.encode((self._made, self._texts, self._lines())).decode()

    @classmethod
    def from_sums(cls, line: str) -> UserChoices:
        """Choices as they were when `to_sums` was called; none of them can be taken back.

        Raises:
            ChoiceSumsError: it did not make this line.
        """
        choices = cls()
        try:
            choices._made, texts, choices._before = msgspec.json.decode(line, type=_Sheet)
        except msgspec.MsgspecError as exc:
            raise ChoiceSumsError(str(exc)) from exc
        choices._texts.update(texts)
        return choices

    def surprise(self, syllables: Reading) -> Mapping[str, float]:
        """How much oftener than expected the texts of a reading were chosen; may be below 0."""
        return self._sums(syllables).surprise

    def of(self, syllables: Reading) -> Mapping[str, float]:
        """The shares, 0 to 1, that texts have of their reading by the user's choices."""
        sums = self._sums(syllables)
        total = sums.total + CAUTION
        return {
            text: (value - SLIP) / total
            for text, value in sums.surprise.items()
            if value > SLIP
        }
