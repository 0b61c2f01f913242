"""The door to what counts at once: each choice changes the very next list."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ime.learn.choices import Reading, UserChoices
from ime.learn.letter_texts import LetterTexts, Typed
from ime.learn.made_words import Chosen, choices_of
from ime.learn.online_ngrams import REMEMBERED_COMMITS, OnlineNgrams
from ime.learn.own_words import LEAST, LONGEST, OwnWords, OwnWordTerm
from ime.learn.pins import Pins
from ime.learn.typo_rate import TypoRate
from ime.lexicon.layers import LayeredWords
from ime.lexicon.user_layer import OWN, UserLayer, WordIndex
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import Segmenter
from ime.ports import IntArray, LanguageModel, TokenTerm
from ime.values import CandidateList, Commit, Mark, MarkKind

LONG_SURPRISE = 4.0  # from which on a longer text is a word: put together twice


class AtOnce:
    """What this user's choices change; the `Learned` that a converter looks at.

    Args:
        model: of everyone, which tells the tokens of a text.
        lexicon: the words that are nobody's own.
        segmenter: tells which letters are slips.

    Attributes:
        own_words: the words of the user's own.
        terms: of the score of tokens: the user's n-grams, then those words.
        words: what was chosen for a reading.
        lexicon: the shipped words, and above them what the user added, imported and made.
        letters: texts with letters or a dot that were typed.
        revision: grows when one of these changes, or the price of a slip.
    """

    def __init__(
        self,
        model: LanguageModel,
        lexicon: Lexicon,
        segmenter: Segmenter,
    ) -> None:
        self._shipped = lexicon
        self._own_layer = UserLayer()
        self.lexicon = LayeredWords(lexicon, self._own_layer)
        self._own_words = OwnWords(model.tokens)
        self._ngrams = OnlineNgrams(model)
        self.own_words = OwnWordTerm(self._own_words)
        self.terms: Sequence[TokenTerm] = (self._ngrams, self.own_words)
        self.words = UserChoices()
        self.letters = LetterTexts()
        self.revision = 0
        self._slips = TypoRate(segmenter)
        self._marks = Pins()
        self._recent: OrderedDict[int, tuple[Chosen, ...]] = OrderedDict()
        self._recent_letters: OrderedDict[int, tuple[Typed, ...]] = OrderedDict()

    @property
    def own(self) -> float:
        """Probability that the context last entered is such as the user writes."""
        return self._ngrams.own

    @property
    def slip_nats(self) -> float:
        """What is to be added to the log-probability of a slip by this typist."""
        return self._slips.nats

    def read_by(self, segmenter: Segmenter) -> None:
        """Tell slips by another segmenter from now on; those that were counted stay."""
        self._slips.segmenter = segmenter

    def arranged(self, listed: CandidateList) -> CandidateList:
        """A list with pinned candidates first and hidden ones gone."""
        return self._marks.apply(listed)

    def begin_with(self, choices: UserChoices) -> None:
        """Know choices of long ago; called before anything is learned."""
        self.words.begin_with(choices)
        for syllables in choices:
            surprise = choices.surprise(syllables)
            words = {text: value for text, value in surprise.items() if value >= LEAST}
            if words:
                self._know_own(syllables, words)
        self._own_words.settle(choices.made)
        self.revision += 1

    def know_writing(self, written: IntArray) -> None:
        """Know how often the user wrote each token (V,) elsewhere, such as in documents."""
        self._ngrams.know_writing(written)
        self.revision += 1

    def know_words(self, words: WordIndex) -> None:
        """Know what the user added or imported; called before anything is learned."""
        self._own_layer.begin_with(words)
        for text, syllables, weight in words.own():
            self._own_words.set(text, syllables, weight)
        self._own_words.settle(self.words.made)
        self.revision += 1

    def know_letters(self, rows: Iterable[Typed]) -> None:
        """Know what texts with letters or a dot were typed, oldest first."""
        self.letters.begin_with(rows)

    def learn(self, commit: Commit) -> None:
        """Let a commit's selections count."""
        self._learn_letters(commit)
        of_hanzi = tuple(one for one in commit.selections if one.syllables)
        if not of_hanzi:
            return
        commit = replace(commit, selections=of_hanzi)
        self._ngrams.learn(commit)
        chosen = tuple(choices_of(commit))
        for syllables, choice in chosen:
            self.words.add(syllables, choice)
        self._follow(chosen)
        self._recent[commit.id] = chosen
        if len(self._recent) > REMEMBERED_COMMITS:
            self._recent.popitem(last=False)
        self._slips.learn(commit)
        self.revision += 1

    def _learn_letters(self, commit: Commit) -> None:
        words = tuple((one.typed, one.chosen) for one in commit.selections if not one.syllables)
        for one in commit.selections:
            if one.syllables:
                self.letters.chose_hanzi(one.raw)
        for typed, text in words:
            self.letters.add(typed, text, commit.id)
        if words:
            self._recent_letters[commit.id] = words
        if len(self._recent_letters) > REMEMBERED_COMMITS:
            self._recent_letters.popitem(last=False)

    def retract(self, commit_id: int) -> None:
        """Undo what `learn` took from a commit."""
        self.letters.retract(commit_id, self._recent_letters.pop(commit_id, ()))
        self._ngrams.retract(commit_id)
        chosen = self._recent.pop(commit_id, ())
        for syllables, choice in chosen:
            self.words.remove(syllables, choice.text)
        self._follow(chosen)
        self._slips.retract(commit_id)
        self.revision += 1

    def mark(self, mark: Mark) -> None:
        """Pin, hide, forget or release a candidate."""
        if not mark.syllables:
            self.letters.forget(mark.text)
            return
        self._marks.set(mark)
        if mark.kind in (MarkKind.HIDDEN, MarkKind.FORGOTTEN):
            self._forget(mark.text, mark.syllables)
            self._ngrams.forget(mark.syllables)
            self.revision += 1

    def _forget(self, text: str, syllables: Reading) -> None:
        """Forget a text, and the own words that are parts of it: it may be made of them."""
        self._own_layer.drop(text, syllables)
        for start, end in itertools.combinations(range(len(text) + 1), 2):
            part, reading = text[start:end], syllables[start:end]
            if part == text or is_missing(part, reading, self._shipped):
                self.words.forget(reading, part)
                self._follow_one(part, reading, 0.0)
        self._own_words.settle(self.words.made)

    def _follow(self, chosen: Sequence[Chosen]) -> None:
        """Let the words of the user's own follow choices that were made or taken back."""
        for syllables, choice in chosen:
            self._know_own(syllables, {choice.text: 0.0, **self.words.surprise(syllables)})
        self._own_words.settle(self.words.made)

    def _know_own(self, syllables: Reading, surprise: Mapping[str, float]) -> None:
        """Let texts of a reading that the lexicon lacks be own words, as far as they are."""
        for text, value in surprise.items():
            if is_missing(text, syllables, self._shipped):
                self._follow_one(text, syllables, value)

    def _follow_one(self, text: str, syllables: Reading, surprise: float) -> None:
        """Let one text be so much of an own word, or none."""
        stored = self._own_layer.stored(text, syllables)
        self._own_words.set(text, syllables, max(surprise, stored))
        if surprise >= _least(text):
            self._own_layer.put(text, syllables, stored + max(surprise, OWN))
        else:
            self._own_layer.take_back(text, syllables)


def is_missing(text: str, syllables: Reading, lexicon: Lexicon) -> bool:
    """Whether a text is two characters or more that the lexicon lacks."""
    return len(text) == len(syllables) > 1 and all(
        word.text != text for word in lexicon.words_of(syllables)
    )


def is_learned(text: str, syllables: Reading, surprise: float, lexicon: Lexicon) -> bool:
    """Whether choices with this surprise make a text a word of the user's own."""
    return surprise >= _least(text) and is_missing(text, syllables, lexicon)


def _least(text: str) -> float:
    return LEAST if len(text) <= LONGEST else LONG_SURPRISE
