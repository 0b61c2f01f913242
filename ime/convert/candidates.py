"""From search results to the list the user sees.

Order: the best whole-input conversions; of a longer input what saves most presses
(`first_pages`); what is likely for its letters among the words of a prefix, longest first, and
the characters of the first syllable; the other words that end where a hypothesis ends a
syllable, longest first, and a few more characters; all other words and characters. The model
ranks within each group. What belongs to a prefix does not change while letters are added behind
it, so it is made once and kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from ime.convert.beam import GAINED, Hypothesis, Vertex
from ime.convert.page_layout import arrange, gathered
from ime.convert.score.edge_tokens import MISREADING
from ime.convert.score.formula import UNKNOWN, spelled, with_choices, word_estimate
from ime.convert.search import BeamSearch, spells_in_full
from ime.lexicon.characters import Characters
from ime.lexicon.user_layer import LONGEST
from ime.pinyin.graph import Edge, EdgeKind
from ime.pinyin.inventory import letters_of
from ime.ports import FloatArray, IntArray, UserWords, Words
from ime.values import Candidate, CandidateList, DecodeRequest, Source, Word

SHORT_INPUT = 4  # syllables; up to here the whole input is likely one word with many homophones
WHOLE_OF_SENTENCE = 3  # whole conversions offered for a longer input
WHOLE_OF_WORD = 10
MOST_PATHS = 24  # hypotheses that tell which parts are likely
MAX_READINGS = 8  # ways to cut one prefix that are looked up
COMPLETED_READINGS = 3  # of the whole input, that begin longer words
MOST_COMPLETED = 2  # longer words that are offered
BEHIND_WORDS = 3  # words that all the letters spell, before longer ones of the lexicon
UNLIKELY = 9.0  # nats below the best of its span: a path that is no word is left out
# The same for a word that only slips or initials make of a prefix: those that the letters spell
# come from the lexicon anyway.
UNLIKELY_WORD = 2.0
# Words and characters so few nats below the best of their letters come before all others: an
# unlikely long word takes a place on the first page from what is meant.
LIKELY = 1.0
LIKELY_CHARACTERS = 3
# So many characters come before words that cut the letters as no hypothesis does.
FIRST_CHARACTERS = 10
# Pages whose places are given by the presses they save: before the first choice what the whole
# conversions leave of the first page.
PAGES = 1
PAGES_OF_REST = 6  # behind a choice
MAX_INEXACT_CHARACTERS = 120  # offered where the first syllable is only an initial

CLOSE = ("他她它", "吗嘛", "的地得")
"""Characters that sound alike and mean nearly the same."""
CLOSE_PLACES, MOST_CLOSE = 5, 4
_CLOSEST = str.maketrans({other: group[0] for group in CLOSE for other in group[1:]})

Reading = tuple[Edge, ...]
"""One way to cut a prefix."""


@dataclass(frozen=True, slots=True)
class _Prefix:
    """What is known of the letters [0, end).

    Attributes:
        vertex: the hypotheses it was made from.
        readings: ways to cut it, exact ones only where there are any.
        exact: whether it can be cut into full syllables.
        words: candidates that are words of the lexicon or of the beam, best first.
    """

    vertex: Vertex
    readings: tuple[Reading, ...]
    exact: bool
    words: tuple[Candidate, ...]


class CandidateBuilder:
    """Makes the candidate list of a finished search.

    Args:
        search: whose results are listed.
        lexicon: the words.
        choices: what the user chose before.
        characters: single ones that the model lacks; None for none.
        fixed_order: only the first candidate follows the context and what was learned; the
            others stand where they always stand for these letters. May be changed.
        large_set: whether characters that are not standard are listed. May be changed.
    """

    def __init__(
        self,
        search: BeamSearch,
        lexicon: Words,
        choices: UserWords,
        characters: Characters | None = None,
        *,
        fixed_order: bool = False,
        large_set: bool = True,
    ) -> None:
        self.fixed_order = fixed_order
        self.large_set = large_set
        self._rare = characters
        self._search = search
        self._lexicon = lexicon
        self._choices = choices
        self._texts = search.model.tokens.texts
        self._syllables = search.model.tokens.syllables
        self._ids = search.model.tokens.ids
        self._prefixes: list[_Prefix] = []
        self._characters: (
            tuple[Vertex, tuple[Edge, ...], bool, tuple[Candidate, ...]] | None
        ) = None

    def build(self, request: DecodeRequest) -> CandidateList:
        """Every candidate of `request`, which the search has just run."""
        raw = request.raw
        reach = self._search.reach
        if not reach:
            return CandidateList(request.revision, raw, ())
        self._refresh_prefixes(raw, reach)
        whole = self._prefix(raw, reach, whole=True)
        best = self._search.paths(reach, 1)[0]
        paths = self._search.paths(reach, MOST_PATHS)
        cuts = {end for path in paths for _, end in path.spans if end < reach}
        ends = {end: float(self._search.vertices[end].scores[0]) for end in cuts}
        words = self._prefix_words(reach, exact_only=whole.exact)
        gained = {path.text for path in paths if path.gain >= GAINED}
        items = self._whole_input(whole, len(best.tokens), gained)
        if reach == len(raw):
            place = BEHIND_WORDS if items[0].source is not Source.SENTENCE else 1
            longer = self._completions(whole, reach)
            own = [word for word in longer if word.source is Source.USER]
            items[place:place] = [word for word in longer if word.source is not Source.USER]
            items[1:1] = own
        if self.fixed_order:
            listed = [*items[:1], *self._by_counts([*items[1:], *words], raw)]
            return CandidateList(request.revision, raw, _unique(listed), best.spans)
        items += self._likely_first(words, self._first_characters(), ends)
        long = len(best.tokens) > (1 if request.continues else SHORT_INPUT)
        if long and not self._has_letters(best):
            items = [*self._first_pages(items, ends, request), *items]
        items = self._with_close_texts(_unique(items), paths)
        return CandidateList(request.revision, raw, tuple(items), best.spans)

    # ------------------------------------------------------------------ prefixes
    def _refresh_prefixes(self, raw: str, reach: int) -> None:
        """Make the prefixes shorter than `reach` whose vertex is new."""
        kept = self._prefixes
        for end in range(reach):
            vertex = self._search.vertices[end]
            if end < len(kept) and kept[end].vertex is vertex:
                continue
            del kept[end:]
            if end:
                kept.append(self._prefix(raw, end, whole=False))
            else:
                kept.append(_Prefix(vertex, ((),), True, ()))

    def _prefix(self, raw: str, end: int, *, whole: bool) -> _Prefix:
        """What is known of [0, end); `whole` for all that can be converted."""
        exact: list[Reading] = []
        other: list[tuple[float, Reading]] = []
        is_exact = False
        last = whole and end == len(raw)
        for edge in self._search.segmenter.edges_into(raw, end, last=last):
            if not edge.syllables:
                continue
            before = self._prefixes[edge.start]
            is_exact |= before.exact and spells_in_full(edge)
            for reading in before.readings:
                if len(reading) >= LONGEST:
                    continue
                if before.exact and spells_in_full(edge):
                    exact.append((*reading, edge))
                else:
                    cost = sum(part.log_prob for part in reading) + edge.log_prob
                    other.append((cost, (*reading, edge)))
        other.sort(key=lambda item: -item[0])
        readings = tuple((exact or [reading for _, reading in other])[:MAX_READINGS])
        vertex = self._search.vertex_at(end) if last else self._search.vertices[end]
        words = self._words(vertex, end, readings, whole=whole)
        return _Prefix(vertex, readings, is_exact, words)

    def _words(
        self, vertex: Vertex, end: int, readings: tuple[Reading, ...], *, whole: bool
    ) -> tuple[Candidate, ...]:
        """Words of a prefix; of the whole input the beam's best paths too, words or not."""
        found: dict[str, Candidate] = {}
        plain = 0  # those that lead by an own word take no place from the others
        for path in self._search.trace(end, vertex, len(vertex)):
            likely = whole or path.score > vertex.scores[0] - UNLIKELY_WORD
            source = self._word_source(path) if likely else None
            if path.gain >= GAINED:
                offered = path.score > vertex.scores[0] - UNLIKELY
            else:
                plain += 1
                offered = plain <= WHOLE_OF_WORD
            if source is not None or (whole and offered):
                candidate = self._path_candidate(path, source or Source.SENTENCE)
                found.setdefault(candidate.text, candidate)
        words: dict[str, tuple[Word, Reading]] = {}
        for reading in readings:
            for word in self._lookup(reading):
                if word.text not in found or word.source is Source.USER:
                    words.setdefault(word.text, (word, reading))
        for candidate in self._word_candidates(tuple(words.values()), end, whole=whole):
            known = found.get(candidate.text)
            if known is None or known.score < candidate.score:
                found[candidate.text] = candidate
        self._mix_choices(found, readings, end, whole=whole)
        return tuple(sorted(found.values(), key=lambda candidate: -candidate.score))

    def _mix_choices(
        self,
        found: dict[str, Candidate],
        readings: tuple[Reading, ...],
        end: int,
        *,
        whole: bool,
    ) -> None:
        """Let what the user chose for a reading count among its candidates, in place."""
        spelled = {
            tuple(edge.syllables[0] for edge in reading)
            for reading in readings
            if all(len(edge.syllables) == 1 for edge in reading)
        }
        best = max((c.score for c in found.values()), default=0.0)
        for syllables in sorted(spelled | {c.syllables for c in found.values()}):
            chosen = self._choices.of(syllables)
            if not chosen or (len(syllables) == 1 and not whole):
                continue  # the single characters of a prefix have a group of their own
            group = [c for c in found.values() if c.syllables == syllables]
            least = min((c.score for c in group), default=best)
            group += [
                Candidate(text, syllables, end, Source.USER, least - UNLIKELY)
                for text in chosen
                if text not in found
            ]
            scores = with_choices([c.text for c in group], [c.score for c in group], chosen)
            for candidate, score in zip(group, scores, strict=True):
                source = Source.USER if candidate.text in chosen else candidate.source
                own = score - candidate.score
                found[candidate.text] = replace(candidate, score=score, own=own, source=source)

    def _word_source(self, path: Hypothesis) -> Source | None:
        """As which kind of word a hypothesis is offered; None where it is no word."""
        if len(path.tokens) == 1:
            return Source.LITERAL if self._has_letters(path) else None
        found = self._lexicon.words_of(tuple(self._syllables[token] for token in path.tokens))
        return next((word.source for word in found if word.text == path.text), None)

    def _has_letters(self, path: Hypothesis) -> bool:
        return not all(self._syllables[token] for token in path.tokens)

    def _path_candidate(self, path: Hypothesis, source: Source) -> Candidate:
        syllables = tuple(self._syllables[token] for token in path.tokens)
        if self._has_letters(path):
            syllables = ()  # they teach nothing: a reading has one syllable a character
            source = Source.LITERAL if len(path.tokens) == 1 else source
        return Candidate(path.text, syllables, path.end, source, path.score)

    # ------------------------------------------------------------------ lexicon words
    def _lookup(self, reading: Reading) -> tuple[Word, ...]:
        meanings = tuple(edge.syllables for edge in reading)
        if len(meanings) < 2 or sum(e.kind is EdgeKind.CORRECTION for e in reading) > 1:
            return ()  # two slips in one word leave next to nothing of what was typed
        if all(len(options) == 1 for options in meanings):
            return self._lexicon.words_of(tuple(options[0] for options in meanings))
        return self._lexicon.words_like(meanings)

    def _word_candidates(
        self, words: Sequence[tuple[Word, Reading]], end: int, *, whole: bool
    ) -> list[Candidate]:
        """Words that the beam did not keep, with estimates of their scores."""
        scores = [self._word_score(word, reading) for word, reading in words]
        if whole and words:
            tokens = [self._tokens_of(word) for word, _ in words]
            gains = self._search.input_gain(tokens).tolist()
            scores = [score + gain for score, gain in zip(scores, gains, strict=True)]
        return [
            Candidate(word.text, word.syllables, end, word.source, score)
            for (word, _), score in zip(words, scores, strict=True)
        ]

    def _word_score(self, word: Word, reading: Reading) -> float:
        """Nats of a word as far as its first character tells."""
        token = self._ids.get((word.text[0], word.syllables[0]))
        if token is None:
            return word_estimate(None, reading, word.count, 0)
        first = float(self._search.first_nats(np.array([token]))[0])
        occurrences = int(self._search.model.tokens.counts[token])
        return word_estimate(first, reading, word.count, occurrences)

    def _tokens_of(self, word: Word) -> list[int]:
        pairs = zip(word.text, word.syllables, strict=True)
        return [self._ids[pair] for pair in pairs if pair in self._ids]

    # ------------------------------------------------------------------ groups of the list
    def _whole_input(
        self, whole: _Prefix, length: int, gained: AbstractSet[str]
    ) -> list[Candidate]:
        """Whole conversions: a few sentences, or many homophones of a word.

        Args:
            whole: of all the letters.
            length: characters of the best conversion.
            gained: texts that lead by an own word, and do not make the others unlikely.
        """
        ranked = whole.words
        most = WHOLE_OF_WORD if length <= SHORT_INPUT else WHOLE_OF_SENTENCE
        best = next((c.score for c in ranked if c.text not in gained), ranked[0].score)
        items = [c for c in ranked[:most] if c.score > best - UNLIKELY]
        # The other homophones of a word stay reachable behind the best.
        return items + [c for c in ranked[len(items) :] if c.source is not Source.SENTENCE]

    def _completions(self, whole: _Prefix, end: int) -> list[Candidate]:
        """Longer words that all the letters begin, the user's own first, likeliest first.

        As many letters as the word has hanzi must be typed, and of a word that the user never
        chose three syllables: else they would stand in the way of what is meant.
        """
        found: dict[str, tuple[float, Word]] = {}
        # A word is meant to have long syllables: huan jing, not hu an jing.
        for reading in sorted(whole.readings, key=len)[:COMPLETED_READINGS]:
            if len(reading) < 2 or any(e.kind is EdgeKind.CORRECTION for e in reading):
                continue
            for word in self._lexicon.words_begun(tuple(edge.syllables for edge in reading)):
                known = word.source is Source.USER or len(reading) > 2
                if known and len(word.text) <= end:
                    found.setdefault(word.text, (self._word_score(word, reading), word))
        ranked = sorted(
            found.values(), key=lambda item: (item[1].source is not Source.USER, -item[0])
        )[:MOST_COMPLETED]
        return [
            Candidate(word.text, word.syllables, end, word.source, score)
            for score, word in ranked
        ]

    def _prefix_words(self, reach: int, *, exact_only: bool) -> list[Candidate]:
        """Words of the prefixes, longest first.

        A word that a prefix spells in full is not offered for a longer prefix, too, where the
        letters behind it would count as a slip: choosing it would eat them.
        """
        prefixes = self._prefixes[reach - 1 : 0 : -1]
        spelled = {word.text for prefix in prefixes if prefix.exact for word in prefix.words}
        items: list[Candidate] = []
        for prefix in prefixes:
            if prefix.exact:
                items += prefix.words
            elif not exact_only:
                items += [word for word in prefix.words if word.text not in spelled]
        return items

    def _likely_first(
        self,
        words: Sequence[Candidate],
        characters: Sequence[Candidate],
        ends: Mapping[int, float],
    ) -> list[Candidate]:
        """Words and characters of prefixes, the likely ones in front.

        What the user chose before is likely. A text keeps the letters of its longest prefix:
        those of a shorter one make it a slip.
        """
        least = {end: score - LIKELY for end, score in ends.items()}
        likely: list[Candidate] = []
        fitting: list[Candidate] = []
        rest: list[Candidate] = []
        for word in _unique(words):
            if word.source is Source.USER or word.score > least.get(word.end, math.inf):
                likely.append(word)
            else:
                (fitting if word.end in least else rest).append(word)
        first = [c for c in characters if c.end in least][:FIRST_CHARACTERS]
        leading = [c for c in first if c.score > least[c.end]][:LIKELY_CHARACTERS]
        # What stands there twice is dropped the second time.
        return [*likely, *leading, *fitting, *first, *rest, *characters]

    def _by_counts(self, words: Sequence[Candidate], raw: str) -> list[Candidate]:
        """Words of the lexicon, longest first, then characters, as often as they are written.

        Those that slips or unfinished syllables spell stand behind those spelled in full: which
        of them are listed depends on the context. Words of the user's own come after both.
        """
        letters = letters_of(raw)

        def place(item: Candidate) -> tuple[int, bool, int, str]:
            if len(item.text) == 1:
                token = self._ids.get((item.text, item.syllables[0]))
                count = int(self._search.model.tokens.counts[token]) if token else -1
            else:
                alike = self._lexicon.words_of(item.syllables)
                count = next((word.count for word in alike if word.text == item.text), 0)
            in_full = letters.startswith("".join(item.syllables))
            return -item.end, not in_full, -count, item.text

        known = [item for item in words if item.source is not Source.SENTENCE]
        return sorted(known, key=place) + sorted(self._first_characters(), key=place)

    def _with_close_texts(
        self, items: Sequence[Candidate], paths: Sequence[Hypothesis]
    ) -> list[Candidate]:
        """The list with what differs from the first only in `CLOSE` within the first places.

        No sound and hardly any context tells these apart, and whoever wants another than the
        first should not have to look for it.
        """
        first = items[0].text
        wanted = [
            path
            for path in paths
            if (text := path.text) != first
            and text.translate(_CLOSEST) == first.translate(_CLOSEST)
            and path.score > paths[0].score - UNLIKELY
        ][:MOST_CLOSE]
        texts = {path.text for path in wanted}
        missing = texts - {item.text for item in items[:CLOSE_PLACES]}
        found = {item.text: item for item in items if item.text in missing}
        added = [
            found.get(text) or self._path_candidate(path, Source.SENTENCE)
            for path in wanted
            if (text := path.text) in missing
        ]
        kept = [item for item in items if item.text not in missing]
        # What is wanted and stands there already must not be pushed out.
        near = [item for item in kept[:CLOSE_PLACES] if item.text in texts or item is kept[0]]
        others = [item for item in kept if item not in near]
        room = CLOSE_PLACES - len(near) - len(added)
        if not added:
            return kept
        return [*near, *others[:room], *added, *others[room:]]

    def _first_pages(
        self, listed: Sequence[Candidate], ends: Mapping[int, float], request: DecodeRequest
    ) -> list[Candidate]:
        """The candidates of the first places, which enter what is wanted with few presses.

        Args:
            listed: every candidate, in the order that holds behind them.
            ends: the best score by the end of each syllable of the hypotheses.
            request: what was asked.
        """
        reach = self._search.reach
        hypotheses: dict[str, Hypothesis] = {}
        for path in self._search.paths(reach, MOST_PATHS):
            if not self._has_letters(path):  # each token of the others is one character
                hypotheses.setdefault(path.text, path)
        evidence = gathered(
            [(text, path.score) for text, path in hypotheses.items()],
            self._search.certainties(reach),
            listed,
            ends,
            request.passed_over,
        )
        front, pages = (1, PAGES_OF_REST) if request.continues else (WHOLE_OF_SENTENCE, PAGES)
        size = request.page_size
        shown = [item.text for item in listed[:front]]
        placed = arrange(evidence, shown, pages * size, size)
        wanted = {*placed}
        known = {item.text: item for item in reversed(listed) if item.text in wanted}
        return [known.get(text) or self._beginning_of(hypotheses, text) for text in placed]

    def _beginning_of(self, hypotheses: Mapping[str, Hypothesis], text: str) -> Candidate:
        """The beginning of the best hypothesis that begins so."""
        path = next(path for whole, path in hypotheses.items() if whole.startswith(text))
        tokens, spans = path.tokens[: len(text)], path.spans[: len(text)]
        end = spans[-1][1]
        beginning = next(
            known
            for known in self._search.paths(end, self._search.options.beam)
            if (known.tokens, known.spans) == (tokens, spans)
        )
        return self._path_candidate(beginning, Source.SENTENCE)

    def _first_characters(self) -> tuple[Candidate, ...]:
        """Every character of the first syllable, the longest spelling of it first.

        Those typed by another of their readings come last: what a shorter spelling means in
        earnest goes before them.
        """
        edges = self._search.first_edges()
        root = self._search.vertices[0]
        known = self._characters
        if known is not None and known[0] is root and known[1:3] == (edges, self.large_set):
            return known[3]
        items: list[Candidate] = []
        misread: list[Candidate] = []
        for edge in edges:
            ids, penalties = self._search.score.edge_tokens(edge)
            plain = self._character_scores(edge, ids, penalties)
            scores = self._with_choices(edge, ids, plain)
            order = np.argsort(-scores, kind="stable")
            if edge.kind is not EdgeKind.EXACT:
                order = order[:MAX_INEXACT_CHARACTERS]
            for place in order.tolist():
                token = int(ids[place])
                text, syllables = self._texts[token], (self._syllables[token],)
                score, source = float(scores[place]), Source.CHARACTER
                own = score - float(plain[place])
                group = misread if penalties[place] <= MISREADING else items
                group.append(Candidate(text, syllables, edge.end, source, score, own))
        rare = [item for edge in edges for item in self._rare_characters(edge)]
        found = _unique([*items, *misread, *rare])
        self._characters = (root, edges, self.large_set, found)
        return found

    def _rare_characters(self, edge: Edge) -> list[Candidate]:
        """Characters of a syllable that the model does not have by this reading."""
        if self._rare is None or not spells_in_full(edge):
            return []
        nats = edge.log_prob + math.log(UNKNOWN)
        return [
            Candidate(
                character,
                (syllable,),
                edge.end,
                Source.CHARACTER,
                nats,
                comment=self._rare.sound_of(character),
            )
            for syllable in edge.syllables
            for character in self._rare.reading_so(syllable, large=self.large_set)
            if (character, syllable) not in self._ids
        ]

    def _character_scores(self, edge: Edge, ids: IntArray, penalties: FloatArray) -> FloatArray:
        """(N,) nats of the characters of the first syllable."""
        nothing = np.zeros(1, np.float32)
        return spelled(nothing, self._search.first_nats(ids), penalties, edge)

    def _with_choices(self, edge: Edge, ids: IntArray, scores: FloatArray) -> FloatArray:
        """(N,) nats of the characters of the first syllable, the user's choices mixed in."""
        scores = scores.copy()
        for syllable in edge.syllables:
            chosen = self._choices.of((syllable,))
            if chosen:
                places = [i for i, t in enumerate(ids) if self._syllables[t] == syllable]
                texts = [self._texts[ids[i]] for i in places]
                scores[places] = with_choices(texts, scores[places].tolist(), chosen)
        return scores


def _unique(items: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Without later candidates of the same text."""
    seen: set[str] = set()
    kept = []
    for item in items:
        if item.text not in seen:
            seen.add(item.text)
            kept.append(item)
    return tuple(kept)
