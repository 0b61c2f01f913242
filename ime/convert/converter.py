"""The converter's reading half: search and candidate list, with what was learned in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ime.convert.candidates import CandidateBuilder
from ime.convert.certainty import with_certainty
from ime.convert.dotted_candidates import with_dotted_names
from ime.convert.explain import Explainer
from ime.convert.letter_candidates import with_letter_words
from ime.convert.letter_text_candidates import with_letter_texts
from ime.convert.next_words import NextWords
from ime.convert.repair import Repairer
from ime.convert.score.formula import Score, TokenScore
from ime.convert.score.whole_input import WholeInput
from ime.convert.search import BeamSearch, SearchOptions
from ime.convert.shuangpin_initials import with_initial_words
from ime.convert.stroke_filter import letters_and_strokes, with_strokes
from ime.convert.symbol_candidates import (
    with_characters_by_looks,
    with_hints,
    with_symbols,
)
from ime.lexicon.characters import Characters
from ime.lexicon.dotted_names import DottedNames
from ime.lexicon.letter_words import LetterWords
from ime.lexicon.symbols import Symbols
from ime.pinyin.graph import GraphOptions, Segmenter
from ime.pinyin.inventory import letters_of
from ime.pinyin.shuangpin import Expanded, Scheme
from ime.ports import LanguageModel, Learned, WordPairs
from ime.values import Candidate, CandidateList, DecodeRequest, LeftContext, Repair, Shares


@dataclass(frozen=True, slots=True)
class ConverterOptions:
    """How letters are read, and what is found ordered; may change while a converter is open.

    Attributes:
        graph: which ways of spelling are on.
        search: width of the beam.
        scheme: of shuangpin, by which the keys of a request are read; None for full pinyin.
        fixed_order: only the first candidate follows the context and what was learned.
        symbols: emoji and other symbols stand behind the words that they are called by.
        large_set: characters that are not standard stand behind those that are.
    """

    graph: GraphOptions = field(default_factory=GraphOptions)
    search: SearchOptions = field(default_factory=SearchOptions)
    scheme: Scheme | None = None
    fixed_order: bool = False
    symbols: bool = True
    large_set: bool = True


class SearchConverter:
    """Letters to ranked candidates.

    Args:
        model: of everyone.
        learned: the words, and what this user's choices add to model and words. It may change
            between two calls.
        segmenter: letters to edges, of the ways of spelling in `options`.
        options: how they are read.
        pairs: which words follow each other; None to do without.
        trained: `model` after training on this user's text; None where there was none.
        letters: English words, and those of letters and hanzi; None to do without.
        names: those that are written with a dot; None to do without.
        characters: single ones that the model lacks; None to do without.
        symbols: by their names; None to do without.
        ngram: the n-gram of `model`, alone; None where `model` is no more than that.

    Attributes:
        score: of tokens, the user's terms included.
    """

    def __init__(
        self,
        model: LanguageModel,
        learned: Learned,
        segmenter: Segmenter,
        options: ConverterOptions,
        pairs: WordPairs | None = None,
        trained: LanguageModel | None = None,
        letters: LetterWords | None = None,
        names: DottedNames | None = None,
        characters: Characters | None = None,
        symbols: Symbols | None = None,
        ngram: LanguageModel | None = None,
    ) -> None:
        self._learned = learned
        self._revision = learned.revision
        self._segmenter = segmenter
        self._slip_price = 0.0
        self.score = TokenScore(model, learned, trained)
        whole = WholeInput(model, pairs, learned.words)
        score = Score(self.score, whole, learned.own_words)
        self._search = BeamSearch(score, segmenter, options.search)
        self._builder = CandidateBuilder(
            self._search,
            learned.lexicon,
            learned.words,
            characters,
            fixed_order=options.fixed_order,
            large_set=options.large_set,
        )
        self._explainer = Explainer(self._search, self.score, ngram)
        self._next_words = NextWords(self._search, learned.lexicon)
        self._repairer = Repairer(score)
        self._options = options
        self._letters = letters
        self._names = names
        self._characters = characters
        self._symbols = symbols

    def set_options(self, options: ConverterOptions) -> None:
        """Read letters, and order what is found, otherwise from the next request on.

        Costs milliseconds: model, lexicon and what was learned stay.
        """
        if options == self._options:
            return
        if options.graph != self._options.graph:
            self._segmenter = Segmenter(options.graph, self._letters)
            self._search.segmenter = self._segmenter.for_typist(self._slip_price)
        self._options = options
        self._search.options = options.search
        self._search.reset()
        self._builder.fixed_order = options.fixed_order
        self._builder.large_set = options.large_set

    def prepare(self, context: LeftContext) -> None:
        """Read the left context ahead of the first letter."""
        self._heed_learned()
        self._search.start(context)

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        """Candidates for a request, or None when `stale` stopped the search."""
        letters, strokes = letters_and_strokes(request.raw)
        if not letters or self._characters is None:
            return self._converted(request, stale)
        plain = self._converted(replace(request, raw=letters), stale)
        listed = self._converted(request, stale)
        if plain is None or listed is None:
            return None
        return with_strokes(listed, plain, strokes, self._characters)

    def _converted(
        self, request: DecodeRequest, stale: Callable[[], bool] | None
    ) -> CandidateList | None:
        """Candidates without a look at strokes."""
        scheme, typed = self._options.scheme, request.raw
        if scheme is None:
            listed = self._listed(request, stale)
        else:
            expanded = scheme.expand(request.raw)
            typed = expanded.letters
            listed = self._listed(replace(request, raw=typed), stale)
            if listed is not None:
                listed = _by_keys(listed, request.raw, expanded)
                listed = with_initial_words(listed, self._learned.lexicon, scheme)
        if listed is not None and self._letters is not None:
            listed = with_letter_words(listed, request, self._letters, scheme)
        if listed is not None and self._names is not None:
            listed = with_dotted_names(listed, self._names)
        if listed is not None and scheme is None:
            listed = self._with_symbols(listed)
        if listed is None:
            return None
        keys, typed = (letters_of(raw).lower() for raw in (request.raw, typed))
        return with_letter_texts(listed, keys, typed, self._learned.letters)

    def explain(
        self, request: DecodeRequest, items: Sequence[Candidate]
    ) -> tuple[Shares | None, ...]:
        """What the scores of candidates of a request's list are made of."""
        raw, scheme = request.raw, self._options.scheme
        items = [replace(item, text=item.plain) for item in items]
        if scheme is not None:
            expanded = scheme.expand(raw)
            raw = expanded.letters
            ends = {key: letter for letter, key in enumerate(expanded.offsets)}
            items = [replace(item, end=ends.get(item.end, 0)) for item in items]
        self._heed_learned()
        self._search.run(request.context, raw)
        return tuple(self._explainer.shares(request.context, raw, items))

    def next_words(
        self, context: LeftContext, limit: int, stale: Callable[[], bool] | None = None
    ) -> tuple[Candidate, ...] | None:
        """Words that may follow a text, or None when `stale` stopped the search."""
        self._heed_learned()
        return self._next_words.after(context, limit, stale)

    def repairs(
        self, context: LeftContext, stale: Callable[[], bool] | None = None
    ) -> tuple[Repair, ...] | None:
        """What the last sentence should have been, or None when `stale` stopped the search."""
        self._heed_learned()
        found = self._repairer.repairs(context, stale)
        self._search.reset()  # its states are gone
        return found

    def _with_symbols(self, listed: CandidateList) -> CandidateList:
        """With what full pinyin may stand for besides words."""
        if self._symbols is not None and self._options.symbols:
            listed = with_symbols(listed, self._symbols)
        if self._characters is not None:
            listed = with_characters_by_looks(listed, self._characters)
            listed = with_hints(listed, self._characters)
        return listed

    def _listed(
        self, request: DecodeRequest, stale: Callable[[], bool] | None
    ) -> CandidateList | None:
        self._heed_learned()
        if not self._search.run(request.context, request.raw, stale):
            return None
        listed = with_certainty(self._builder.build(request), self._search)
        return self._learned.arranged(listed)

    def _heed_learned(self) -> None:
        """Search anew if something was learned since the last time."""
        if self._revision == self._learned.revision:
            return
        self._revision = self._learned.revision
        price = round(self._learned.slip_nats, 1)
        if price != self._slip_price:  # else what the segmenter keeps would be lost
            self._slip_price = price
            self._search.segmenter = self._segmenter.for_typist(price)
        self._search.reset()


def _by_keys(listed: CandidateList, keys: str, expanded: Expanded) -> CandidateList:
    """A list for full pinyin as one for the keys that stand for it."""
    items = tuple(replace(item, end=expanded.offsets[item.end]) for item in listed.items)
    spans = tuple(expanded.to_keys(start, end) for start, end in listed.spans)
    return replace(listed, raw=keys, items=items, spans=spans)
