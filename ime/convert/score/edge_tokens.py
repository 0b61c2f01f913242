"""Which tokens of the model an edge of the syllable graph may mean, and at what cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ime.pinyin.graph import Edge, EdgeKind
from ime.pinyin.inventory import COLLOQUIAL_BY_TYPED
from ime.ports import FloatArray, IntArray, TokenTable

# log(0.001): a character typed by another of its readings; mostly a wrong tag
MISREADING = -6.9
LATIN = "<latin>"
"""Name of the token that stands for a run of letters."""
DOT = "·"
MOST_EDGES = 4096  # whose tokens are kept; 10 MB. Switches of spelling make others.

_Meaning = tuple[tuple[str, ...], EdgeKind]


class EdgeTokens:
    """Token ids that an edge may mean, with their extra penalties.

    Args:
        tokens: of the model.
    """

    def __init__(self, tokens: TokenTable) -> None:
        self._by_syllable = tokens.by_syllable
        latin = [token for token, text in enumerate(tokens.texts) if text == LATIN]
        self._latin: IntArray = np.array(latin, np.int64)
        dot = [token for token, text in enumerate(tokens.texts) if text == DOT]
        self._dot: IntArray = np.array(dot, np.int64)
        ids: dict[tuple[str, str], int] = {}
        readings: dict[str, list[int]] = {}
        for syllable, group in self._by_syllable.items():
            for token in group.tolist():
                text = tokens.texts[token]
                ids[text, syllable] = token
                readings.setdefault(text, []).append(token)
        self._ids = ids
        self._other_readings: dict[str, list[int]] = {}
        for alike in readings.values():
            for token in alike:
                others = [other for other in alike if other != token]
                if others:
                    key = tokens.syllables[token]
                    self._other_readings.setdefault(key, []).extend(others)
        self._cache: dict[_Meaning, tuple[IntArray, FloatArray]] = {}
        self._places: dict[_Meaning, dict[int, int]] = {}

    def of(self, edge: Edge) -> tuple[IntArray, FloatArray]:
        """(N,) token ids, and (N,) nats to add for each."""
        key = (edge.syllables, edge.kind)
        known = self._cache.get(key)
        if known is None:
            if len(self._cache) >= MOST_EDGES:
                self._cache.clear()
                self._places.clear()
            known = self._cache[key] = self._collect(edge)
        return known

    def places(self, edge: Edge) -> Mapping[int, int]:
        """The place of each token in what `of` gives."""
        key = (edge.syllables, edge.kind)
        known = self._places.get(key)
        if known is None:
            ids, _ = self.of(edge)
            known = self._places[key] = {token: at for at, token in enumerate(ids.tolist())}
        return known

    def _collect(self, edge: Edge) -> tuple[IntArray, FloatArray]:
        if edge.kind is EdgeKind.LETTERS:
            return self._latin, np.zeros(len(self._latin), np.float32)
        if edge.kind is EdgeKind.DOT:
            return self._dot, np.zeros(len(self._dot), np.float32)
        penalties: dict[int, float] = {}
        if edge.kind is EdgeKind.EXACT:
            for syllable in edge.syllables:
                for token in self._other_readings.get(syllable, ()):
                    penalties[token] = MISREADING
                for item in COLLOQUIAL_BY_TYPED.get(syllable, ()):
                    token = self._ids.get((item.char, item.syllable), -1)
                    if token >= 0:
                        penalties[token] = item.log_prob
        for syllable in edge.syllables:
            for token in self._by_syllable.get(syllable, ()):
                penalties[int(token)] = 0.0
        return (
            np.fromiter(penalties, np.int64, len(penalties)),
            np.fromiter(penalties.values(), np.float32, len(penalties)),
        )
