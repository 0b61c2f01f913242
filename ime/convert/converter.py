"""The converter: search, candidate list and instant learning behind the `Converter` port."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ime.convert.candidates import CandidateBuilder
from ime.convert.score.whole_input import WholeInput
from ime.convert.search import BeamSearch, SearchOptions
from ime.learn.choices import Reading, UserChoices
from ime.learn.made_words import Chosen, choices_of
from ime.learn.online_ngrams import REMEMBERED_COMMITS, PersonalModel
from ime.learn.own_words import LONGEST, SHORTEST, OwnWordModel, OwnWords
from ime.learn.pins import Marks
from ime.learn.typo_rate import Slips
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import GraphOptions, Segmenter
from ime.pinyin.shuangpin import Expanded, Scheme
from ime.ports import LanguageModel, WordPairs
from ime.values import (
    CandidateList,
    Commit,
    DecodeRequest,
    LeftContext,
    Mark,
    MarkKind,
)


class SearchConverter:
    """Letters to ranked candidates.

    Args:
        model: of everyone; the user's own counts are mixed in here.
        lexicon: the words.
        graph: which ways of spelling are on.
        search: width of the beam.
        scheme: of shuangpin, by which the keys of a request are read; None for full pinyin.
        trained: `model` after training on this user's text; None where there was none.
        pairs: which words follow each other; None to do without.
    """

    def __init__(
        self,
        model: LanguageModel,
        lexicon: Lexicon,
        graph: GraphOptions | None = None,
        search: SearchOptions | None = None,
        scheme: Scheme | None = None,
        trained: LanguageModel | None = None,
        pairs: WordPairs | None = None,
    ) -> None:
        self.personal = PersonalModel(model, trained)
        self._lexicon = lexicon
        self._choices = UserChoices()
        self._own_words = OwnWords(model.tokens)
        known = OwnWordModel(self.personal, self._own_words)
        whole = WholeInput(known, pairs, self._choices)
        self._segmenter = Segmenter(graph or GraphOptions())
        self._slips = Slips(self._segmenter)
        self._slip_price = 0.0
        self._search = BeamSearch(known, self._segmenter, search, whole, known)
        self._builder = CandidateBuilder(self._search, lexicon, self._choices)
        self._marks = Marks()
        self._scheme = scheme
        self._recent: OrderedDict[int, tuple[Chosen, ...]] = OrderedDict()

    def prepare(self, context: LeftContext) -> None:
        """Read the left context ahead of the first letter."""
        self._search.start(context)

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        """Candidates for a request, or None when `stale` stopped the search."""
        if self._scheme is None:
            return self._listed(request, stale)
        expanded = self._scheme.expand(request.raw)
        listed = self._listed(replace(request, raw=expanded.letters), stale)
        return None if listed is None else _by_keys(listed, request.raw, expanded)

    def _listed(
        self, request: DecodeRequest, stale: Callable[[], bool] | None
    ) -> CandidateList | None:
        if not self._search.run(request.context, request.raw, stale):
            return None
        return self._marks.apply(self._builder.build(request))

    def begin_with(self, choices: UserChoices) -> None:
        """Know choices of long ago, and nothing that was learned before."""
        self._choices.begin_with(choices)
        for syllables in choices:
            self._know_own(syllables, choices.surprise(syllables))
        self._own_words.settle(choices.made)
        self._search_anew()

    def learn(self, commit: Commit) -> None:
        """Let a commit's selections change the very next list."""
        self.personal.learn(commit)
        chosen = tuple(choices_of(commit))
        for syllables, choice in chosen:
            self._choices.add(syllables, choice)
        self._follow(chosen)
        self._recent[commit.id] = chosen
        if len(self._recent) > REMEMBERED_COMMITS:
            self._recent.popitem(last=False)
        self._slips.learn(commit)
        self._search_anew()

    def retract(self, commit_id: int) -> None:
        """Undo what `learn` took from a commit."""
        self.personal.retract(commit_id)
        chosen = self._recent.pop(commit_id, ())
        for syllables, choice in chosen:
            self._choices.remove(syllables, choice.text)
        self._follow(chosen)
        self._slips.retract(commit_id)
        self._search_anew()

    def _forget(self, text: str, syllables: Reading) -> None:
        """Forget a text, and the own words that are parts of it: it may be made of them."""
        for start, end in itertools.combinations(range(len(text) + 1), 2):
            part, reading = text[start:end], syllables[start:end]
            known = {word.text for word in self._lexicon.words_of(reading)}
            if part == text or (end - start > 1 and part not in known):
                self._choices.forget(reading, part)
                self._own_words.set(part, reading, 0.0)
        self._own_words.settle(self._choices.made)

    def _follow(self, chosen: Sequence[Chosen]) -> None:
        """Let the words of the user's own follow choices that were made or taken back."""
        for syllables, choice in chosen:
            self._know_own(syllables, {choice.text: 0.0, **self._choices.surprise(syllables)})
        self._own_words.settle(self._choices.made)

    def _know_own(self, syllables: Reading, surprise: Mapping[str, float]) -> None:
        """Let texts of a reading that the lexicon lacks be own words, as far as they are."""
        if SHORTEST <= len(syllables) <= LONGEST:
            known = {word.text for word in self._lexicon.words_of(syllables)}
            for text in surprise.keys() - known:
                self._own_words.set(text, syllables, surprise[text])

    def _search_anew(self) -> None:
        """Let what was learned count in the next search."""
        price = round(self._slips.nats, 1)
        if price != self._slip_price:  # else what the segmenter keeps would be lost
            self._slip_price = price
            self._search.segmenter = self._segmenter.for_typist(price)
        self._search.reset()

    def mark(self, mark: Mark) -> None:
        """Pin, hide, forget or release a candidate in the very next list."""
        self._marks.set(mark)
        if mark.kind in (MarkKind.HIDDEN, MarkKind.FORGOTTEN):
            self._forget(mark.text, mark.syllables)
            self.personal.forget(mark.syllables)
            self._search.reset()


def _by_keys(listed: CandidateList, keys: str, expanded: Expanded) -> CandidateList:
    """A list for full pinyin as one for the keys that stand for it."""
    items = tuple(replace(item, end=expanded.offsets[item.end]) for item in listed.items)
    spans = tuple(expanded.to_keys(start, end) for start, end in listed.spans)
    return replace(listed, raw=keys, items=items, spans=spans)
