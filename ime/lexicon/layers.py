"""The lexicon in two layers: the words that ship, and those of the user's own above them."""

from __future__ import annotations

from collections.abc import Iterable

from ime.lexicon.user_layer import Meanings, UserLayer
from ime.lexicon.words import Lexicon
from ime.values import Word

MOST_OWN = 12  # of the user's own that the same initials give: imported ones are many


class LayeredWords:
    """The `Words` that are looked up; a text of the user's own hides the shipped one.

    Args:
        shipped: everyone's words.
        own: the user's.
    """

    def __init__(self, shipped: Lexicon, own: UserLayer) -> None:
        self._shipped = shipped
        self._own = own

    def words_of(self, syllables: tuple[str, ...]) -> tuple[Word, ...]:
        """Words with exactly this reading, likeliest first."""
        own = self._own.words_of(syllables)
        shipped = self._shipped.words_of(syllables)
        return _merged(own, shipped) if own else shipped

    def words_like(self, meanings: Meanings, limit: int = 40) -> tuple[Word, ...]:
        """The likeliest words whose n-th syllable is one of `meanings[n]`."""
        own = self._own.words_like(meanings, min(limit, MOST_OWN))
        shipped = self._shipped.words_like(meanings, limit)
        return _merged(own, shipped)[:limit] if own else shipped

    def words_begun(self, meanings: Meanings, limit: int = 2) -> tuple[Word, ...]:
        """The likeliest longer words that begin so: of the user's own, then shipped ones."""
        own = self._own.words_begun(meanings, limit)
        shipped = self._shipped.words_begun(meanings, limit)
        taken = {word.text for word in own}
        return (*own, *(word for word in shipped if word.text not in taken))


def _merged(own: Iterable[Word], shipped: Iterable[Word]) -> tuple[Word, ...]:
    words = {(word.text, word.syllables): word for word in shipped}
    for word in own:
        known = words.get((word.text, word.syllables))
        if known is None or known.count < word.count:
            words[word.text, word.syllables] = word
    return tuple(sorted(words.values(), key=lambda word: -word.count))
