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

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

# Choices that weigh as much as the model, and surprise that does not count: one choice gets a
# share of a fifth, three 0.52.
CAUTION = 1.5
SLIP = 0.5
FADING = 0.9  # of an older choice when the same reading is chosen for again
REMEMBERED = 64  # choices for one reading that can be taken back

Reading = tuple[str, ...]
_Line = tuple[int, dict[str, int], dict[str, tuple[float, dict[str, float]]]]


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

    def __init__(self) -> None:
        self.older = _Sums()
        self.recent: list[Choice] = []
        self.sums = _Sums()

    def add(self, choice: Choice) -> None:
        self.recent.append(choice)
        self.sums.add(choice)
        if len(self.recent) > REMEMBERED:
            self.older.add(self.recent.pop(0))

    def copy(self) -> _Group:
        twin = _Group()
        twin.older, twin.recent = self.older.copy(), [*self.recent]
        twin.sums = self.sums.copy()
        return twin

    def count_anew(self) -> None:
        self.sums = self.older.copy()
        for choice in self.recent:
            self.sums.add(choice)


class UserChoices:
    """Chosen texts by reading, in memory; rebuilt from the selection log at each start."""

    def __init__(self) -> None:
        self._groups: dict[Reading, _Group] = {}
        self._texts: Counter[str] = Counter()
        self._made = 0

    def __contains__(self, text: object) -> bool:
        """Whether a text was chosen, by itself, for any reading."""
        return text in self._texts

    def __iter__(self) -> Iterator[Reading]:
        """Every reading that something was chosen for."""
        return iter(self._groups)

    @property
    def made(self) -> int:
        """How many choices were made, without those that were taken back."""
        return self._made

    def add(self, syllables: Reading, choice: Choice, *, lasting: bool = False) -> None:
        """Count one choice for its full reading.

        Args:
            syllables: the reading.
            choice: what was chosen.
            lasting: it is not taken back any more.
        """
        group = self._groups.setdefault(syllables, _Group())
        if lasting and not group.recent:
            group.older.add(choice)
            group.sums = group.older.copy()
        else:
            group.add(choice)
        self._texts[choice.text] += 1
        self._made += 1

    def remove(self, syllables: Reading, text: str) -> None:
        """Take back the newest choice of `text`; nothing happens where it was never chosen.

        What is left counts as if that choice had never been made.
        """
        group = self._groups.get(syllables)
        if group is None:
            return
        for place in range(len(group.recent) - 1, -1, -1):
            if group.recent[place].text == text:
                del group.recent[place]
                self._uncount(text, 1)
                self._made -= 1
                self._counted_anew(syllables, group)
                return

    def forget(self, syllables: Reading, text: str) -> None:
        """Take back every choice of `text` for its full reading."""
        group = self._groups.get(syllables)
        if group is None:
            return
        group.recent = [choice for choice in group.recent if choice.text != text]
        group.older.surprise.pop(text, None)
        self._texts.pop(text, None)
        self._counted_anew(syllables, group)

    def _counted_anew(self, syllables: Reading, group: _Group) -> None:
        group.count_anew()
        if not group.recent and not group.older.surprise:
            del self._groups[syllables]

    def _uncount(self, text: str, times: int) -> None:
        self._texts[text] -= times
        if self._texts[text] <= 0:
            del self._texts[text]

    def to_sums(self) -> str:
        """All of it in one line of JSON; `from_sums` reads it."""
        groups = {
            " ".join(syllables): (group.sums.total, group.sums.surprise)
            for syllables, group in self._groups.items()
        }
        return json.dumps((self._made, self._texts, groups), ensure_ascii=False)

    @classmethod
    def from_sums(cls, line: str) -> UserChoices:
        """Choices as they were when `to_sums` was called; none of them can be taken back.

        Raises:
            ChoiceSumsError: it did not make this line.
        """
        choices = cls()
        try:
            made, texts, groups = msgspec.json.decode(line, type=_Line)
        except msgspec.MsgspecError as exc:
            raise ChoiceSumsError(str(exc)) from exc
        choices._made = made
        choices._texts.update(texts)
        for name, (total, surprise) in groups.items():
            group = choices._groups[tuple(name.split())] = _Group()
            group.older = _Sums(total, surprise)
            group.sums = group.older.copy()
        return choices

    def begin_with(self, other: UserChoices) -> None:
        """Hold what `other` holds, and nothing else; it does not change with this any more."""
        self._made, self._texts = other._made, other._texts.copy()
        self._groups = {syllables: group.copy() for syllables, group in other._groups.items()}

    def surprise(self, syllables: Reading) -> Mapping[str, float]:
        """How much oftener than expected the texts of a reading were chosen; may be below 0."""
        group = self._groups.get(syllables)
        return group.sums.surprise if group is not None else {}

    def of(self, syllables: Reading) -> Mapping[str, float]:
        """The shares, 0 to 1, that texts have of their reading by the user's choices."""
        group = self._groups.get(syllables)
        if group is None:
            return {}
        total = group.sums.total + CAUTION
        return {
            text: (value - SLIP) / total
            for text, value in group.sums.surprise.items()
            if value > SLIP
        }
