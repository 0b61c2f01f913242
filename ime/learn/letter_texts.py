"""Texts with letters or a dot that the user typed: kubectl, 我用Python, 比尔·盖茨.

No syllables spell them, so that neither readings nor n-grams can learn of them. What was chosen
last for the same letters comes first; letters that were committed as they are twice are a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

LEAST = 2
"""Times that letters are committed as they are until they are a word."""
SHORTEST_BEGINNING = 3
"""Letters of a word that offer it."""

Typed = tuple[str, str]
"""Small letters, and the text that was meant."""


class LetterTexts:
    """In memory; rebuilt from the user's database at each start."""

    def __init__(self) -> None:
        self._words: Counter[Typed] = Counter()
        self._chosen: dict[str, list[tuple[int, str]]] = {}  # of letters: commits, texts

    def begin_with(self, rows: Iterable[Typed]) -> None:
        """Know what was typed before, oldest first."""
        for typed, text in rows:
            self.add(typed, text, 0)

    def add(self, typed: str, text: str, commit_id: int) -> None:
        """Count one choice."""
        if text.isascii():
            self._words[typed, text] += 1
        else:
            self._chosen.setdefault(typed, []).append((commit_id, text))

    def chose_hanzi(self, typed: str) -> None:
        """Hanzi alone were chosen for letters: no other text of them comes first."""
        self._chosen.pop(typed, None)

    def retract(self, commit_id: int, words: Iterable[Typed]) -> None:
        """Take back what a commit added.

        Args:
            commit_id: of the commit.
            words: that it added.
        """
        for typed, text in words:
            pair, chosen = (commit_id, text), self._chosen.get(typed, [])
            if text.isascii() and self._words[typed, text]:
                self._words[typed, text] -= 1
            elif pair in chosen:
                chosen.remove(pair)

    def forget(self, text: str) -> None:
        """Forget a text whatever letters it was typed by."""
        for word in [word for word in self._words if word[1] == text]:
            del self._words[word]
        for texts in self._chosen.values():
            texts[:] = [pair for pair in texts if pair[1] != text]

    def chosen_for(self, typed: str) -> str:
        """The text that was chosen last for letters; empty where there is none."""
        chosen = self._chosen.get(typed, ())
        return chosen[-1][1] if chosen else ""

    def words_of(self, typed: str) -> list[str]:
        """Words that letters are, and then those that they begin, each by how often."""
        found = [
            (known != typed, -count, text)
            for (known, text), count in self._words.items()
            if count >= LEAST
            and known.startswith(typed)
            and (known == typed or len(typed) >= SHORTEST_BEGINNING)
        ]
        return [text for _, _, text in sorted(found)]
