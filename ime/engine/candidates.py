"""From search results to the list the user sees.

Order: the best whole-input conversions; then words that spell a prefix of the input, longest first; then
every single character of the first syllable. The model ranks within each group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ime.engine.search import BeamSearch, Path
from ime.engine.values import Candidate, CandidateList, DecodeRequest, Source
from ime.lexicon.words import Lexicon, Word
from ime.pinyin.graph import Edge, EdgeKind
from ime.pinyin.inventory import DELIMITER

SHORT_INPUT = 4  # syllables; up to here the whole input is likely one word with many homophones
WHOLE_OF_SENTENCE = 3  # whole conversions offered for a longer input
WHOLE_OF_WORD = 10
MAX_WORD = 8  # syllables
MAX_READINGS = 48  # syllable sequences of one prefix that are looked up
UNLIKELY = 9.0  # nats below the best of its span: a beam path that is no word is left out


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to cut a prefix: its edges from 0 to `end`."""

    end: int
    edges: tuple[Edge, ...]

    @property
    def exact(self) -> bool:
        return all(edge.kind is EdgeKind.EXACT for edge in self.edges)

    @property
    def log_prob(self) -> float:
        return sum(edge.log_prob for edge in self.edges)


class CandidateBuilder:
    """Makes the candidate list of a finished search.

    Args:
        search: whose results are listed.
        lexicon: the words.
    """

    def __init__(self, search: BeamSearch, lexicon: Lexicon) -> None:
        self._search = search
        self._lexicon = lexicon
        self._texts = search.model.tokens.texts
        self._syllables = search.model.tokens.syllables

    def build(self, request: DecodeRequest) -> CandidateList:
        """Every candidate of `request`, which the search has just run."""
        raw = request.raw
        reach = self._search.reach
        if not reach:
            return CandidateList(request.revision, raw, ())
        groups: dict[int, dict[str, Candidate]] = {}
        for end, candidate in self._beam_candidates(reach):
            _offer(groups.setdefault(end, {}), candidate)
        for word, reading in self._words(raw, reach):
            _offer(groups.setdefault(reading.end, {}), self._score_word(word, reading))
        best = self._search.paths(reach, 1)[0]
        items = self._order(groups, reach, len(best.tokens))
        items += self._characters(raw)
        seen: set[tuple[str, int]] = set()
        unique = []
        for item in items:
            key = (item.text, item.end)
            if key not in seen:
                seen.add(key)
                unique.append(item)
        return CandidateList(request.revision, raw, tuple(unique), best.spans)

    # ------------------------------------------------------------------ groups
    def _beam_candidates(self, reach: int) -> Iterator[tuple[int, Candidate]]:
        for end in range(reach, 0, -1):
            paths = self._search.paths(end, WHOLE_OF_WORD if end == reach else 16)
            for path in paths:
                if len(path.tokens) > 1 or end == reach:
                    yield end, self._path_candidate(path, reach)

    def _path_candidate(self, path: Path, reach: int) -> Candidate:
        text = "".join(self._texts[token] for token in path.tokens)
        syllables = tuple(self._syllables[token] for token in path.tokens)
        source = Source.SENTENCE if path.end == reach else Source.WORD
        return Candidate(text, syllables, path.end, source, path.score)

    def _order(
        self, groups: dict[int, dict[str, Candidate]], reach: int, length: int
    ) -> list[Candidate]:
        items: list[Candidate] = []
        for end in sorted(groups, reverse=True):
            ranked = sorted(groups[end].values(), key=lambda c: -c.score)
            if end == reach:
                most = WHOLE_OF_WORD if length <= SHORT_INPUT else WHOLE_OF_SENTENCE
                items += [c for c in ranked[:most] if c.score > ranked[0].score - UNLIKELY]
                # The other homophones of a word stay reachable behind the best.
                items += [c for c in ranked if c.source is Source.WORD]
            else:
                items += [c for c in ranked if c.source is Source.WORD and self._is_word(c)]
        return items

    def _is_word(self, candidate: Candidate) -> bool:
        found = self._lexicon.words_of(candidate.syllables)
        return any(word.text == candidate.text for word in found)

    # ------------------------------------------------------------------ lexicon words
    def _words(self, raw: str, reach: int) -> Iterator[tuple[Word, _Reading]]:
        for reading in self._readings(raw, reach):
            meanings = tuple(edge.syllables for edge in reading.edges)
            if len(meanings) < 2:
                continue
            if reading.exact and all(len(options) == 1 for options in meanings):
                words = self._lexicon.words_of(tuple(options[0] for options in meanings))
            else:
                words = self._lexicon.words_like(meanings)
            for word in words:
                yield word, reading

    def _readings(self, raw: str, reach: int) -> list[_Reading]:
        """Ways to cut the prefixes of the input; exact ones first, others only where none is."""
        arriving: dict[int, list[_Reading]] = {0: [_Reading(0, ())]}
        for end in range(1, reach + 1):
            last = end == len(raw)
            found: list[_Reading] = []
            for edge in self._search.segmenter.edges_into(raw, end, last=last):
                for before in arriving.get(edge.start, ()):
                    if len(before.edges) < MAX_WORD:
                        found.append(_Reading(end, (*before.edges, edge)))
            exact = [reading for reading in found if reading.exact]
            found.sort(key=lambda reading: -reading.log_prob)
            arriving[end] = (exact or found)[:8]
            if sum(map(len, arriving.values())) > MAX_READINGS:
                break
        return [reading for end, group in arriving.items() if end for reading in group]

    def _score_word(self, word: Word, reading: _Reading) -> Candidate:
        """log P of the first character in context, then the share of its words that are this one.

        An estimate for words that the beam did not keep; those it kept have their true score.
        """
        score = reading.log_prob
        first = self._search.first_log_probs()
        token = self._token(word.text[0], word.syllables[0])
        score += float(first[token]) if token is not None else -20.0
        score += float(np.log(word.count / (self._count_of(token) + word.count)))
        return Candidate(word.text, word.syllables, reading.end, Source.WORD, score)

    def _token(self, char: str, syllable: str) -> int | None:
        for token in self._search.model.tokens.by_syllable.get(syllable, ()):
            if self._texts[token] == char:
                return int(token)
        return None

    def _count_of(self, token: int | None) -> float:
        return 1.0 if token is None else float(self._search.model.tokens.counts[token])

    # ------------------------------------------------------------------ characters
    def _characters(self, raw: str) -> list[Candidate]:
        """Every character of the first syllable, the longest spelling of it first."""
        items: list[Candidate] = []
        for end, (ids, scores) in sorted(self._search.first_tokens().items(), reverse=True):
            for place in np.argsort(-scores, kind="stable").tolist():
                token = int(ids[place])
                items.append(
                    Candidate(
                        self._texts[token],
                        (self._syllables[token],),
                        end,
                        Source.CHARACTER,
                        float(scores[place]),
                    )
                )
        return items


def _offer(group: dict[str, Candidate], candidate: Candidate) -> None:
    """Keep the beam's own score where both know a text; it is not an estimate."""
    known = group.get(candidate.text)
    if known is None:
        group[candidate.text] = candidate
    elif known.source is Source.SENTENCE and candidate.source is Source.WORD:
        return
    elif candidate.score > known.score and known.source is not Source.WORD:
        group[candidate.text] = candidate


def strip_delimiters(raw: str) -> str:
    """`raw` without delimiters at its end."""
    return raw.rstrip(DELIMITER)
