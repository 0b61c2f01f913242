"""Searches of letters whose thirteen tokens are easily told apart by hand."""

from __future__ import annotations

from hypothesis import strategies as st

from ime.convert.score.formula import Score
from ime.convert.search import BeamSearch, SearchOptions
from ime.pinyin.graph import GraphOptions, Segmenter
from ime.values import LeftContext
from tests.fakes import TableModel

EMPTY = LeftContext()
SEGMENTER = Segmenter(GraphOptions())
NARROW = SearchOptions(beam=3, margin=4.0)

seeds = st.integers(0, 50)
inputs = st.text("xianj'", min_size=1, max_size=6)


def searched(
    raw: str, seed: int = 1, options: SearchOptions | None = None, context: LeftContext = EMPTY
) -> BeamSearch:
    """A search of a drawn table that has run `raw` at once."""
    search = BeamSearch(Score(TableModel.drawn(seed)), SEGMENTER, options)
    assert search.run(context, raw)
    return search
