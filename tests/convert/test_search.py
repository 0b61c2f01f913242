"""The beam search against enumeration of all paths, and at the edges of the input."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ime.convert.beam import WORST
from ime.convert.score.edge_tokens import MISREADING
from ime.convert.score.formula import Score
from ime.convert.search import BeamSearch, SearchOptions
from ime.pinyin import rules
from ime.pinyin.graph import Edge, EdgeKind, GraphOptions, Segmenter
from tests.convert.searches import EMPTY, SEGMENTER, inputs, searched, seeds
from tests.fakes import TABLE_TOKENS, TableModel
from tests.syllable_graph import build_graph

WITH_SLIPS = Segmenter(GraphOptions(correction=True))
EVERYTHING = SearchOptions(beam=1_000_000, margin=math.inf)
widths = st.builds(
    SearchOptions, beam=st.integers(1, 5), margin=st.sampled_from([0.5, 3.0, 14.0])
)


# --- against all paths -------------------------------------------------------------------


def run_plainly(search: BeamSearch, raw: str) -> None:
    """Run with scores that do not depend on how other texts are spelled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "EARNEST_SYLLABLES", 0)
        patch.setattr(rules, "INEXACT", 0.0)
        search.run(EMPTY, raw)


Spelled = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]


def meanings(model: TableModel, edge: Edge) -> Iterator[tuple[int, float]]:
    """Tokens an edge may mean. The thirteen have no colloquial readings."""
    for token, (text, syllable) in enumerate(TABLE_TOKENS):
        if syllable in edge.syllables:
            yield token, 0.0
        elif edge.kind is EdgeKind.EXACT and any(
            (text, other) in TABLE_TOKENS for other in edge.syllables
        ):
            yield token, MISREADING


def all_paths(model: TableModel, raw: str, segmenter: Segmenter) -> dict[Spelled, float]:
    """Best score of every way to cut `raw` and to read the pieces."""
    found: dict[Spelled, float] = {}

    def walk(edges: tuple[Edge, ...], path: Spelled, last: int, score: float) -> None:
        if not edges:
            found[path] = max(score, found.get(path, -math.inf))
            return
        edge = edges[0]
        for token, penalty in meanings(model, edge):
            gain = float(model.table[last, token]) + penalty + edge.log_prob
            longer = ((*path[0], token), (*path[1], (edge.start, edge.end)))
            walk(edges[1:], longer, token, score + gain)

    graph = build_graph(raw, segmenter)
    if graph.reach == len(raw):
        for path in graph.paths():
            walk(path, ((), ()), -1, 0.0)
    return found


@pytest.mark.parametrize("segmenter", [SEGMENTER, WITH_SLIPS], ids=["default", "slips"])
@settings(max_examples=60, deadline=None)
@given(raw=st.text("xianj'", min_size=1, max_size=5), seed=seeds)
def test_wide_search_finds_every_path_with_its_score(
    segmenter: Segmenter, raw: str, seed: int
) -> None:
    model = TableModel.drawn(seed)
    search = BeamSearch(Score(model), segmenter, EVERYTHING)
    run_plainly(search, raw)
    assert search.final is not None
    paths = search.paths(len(raw), len(search.final))
    expected = all_paths(model, raw, segmenter)
    found = {(path.tokens, path.spans): path.score for path in paths}
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=1e-4)
    assert [path.score for path in paths] == sorted(found.values(), reverse=True)


@settings(max_examples=60, deadline=None)
@given(raw=inputs, seed=seeds, options=widths)
def test_narrow_search_keeps_bounds_and_true_scores(
    raw: str, seed: int, options: SearchOptions
) -> None:
    model = TableModel.drawn(seed)
    search = BeamSearch(Score(model), SEGMENTER, options)
    run_plainly(search, raw)
    expected = all_paths(model, raw, SEGMENTER)
    assert search.final is not None
    for path in search.paths(len(raw), 1_000_000) if expected else ():
        assert path.score == pytest.approx(expected[path.tokens, path.spans], abs=1e-4)
    for vertex in (*search.vertices, search.final):
        assert len(vertex) <= options.beam
        # Before the end the margin counts from what the next letter promises.
        margin = options.margin + (0.0 if vertex is search.final else -WORST)
        scores = vertex.scores
        if vertex is search.final:
            scores = scores[vertex.sources > 0]  # the best of a syllable in full is kept
        assert not len(scores) or scores.min() > vertex.scores.max() - margin


@settings(max_examples=40, deadline=None)
@given(raw=inputs, seed=seeds)
def test_paths_spell_their_letters(raw: str, seed: int) -> None:
    search = searched(raw, seed)
    reach = search.reach
    for path in search.paths(reach, 100) if reach else ():
        assert path.end == reach
        assert [start for start, _ in path.spans] == [0, *(end for _, end in path.spans[:-1])]
        assert path.spans[-1][1] == reach
        for token, (start, end) in zip(path.tokens, path.spans, strict=True):
            into = SEGMENTER.edges_into(raw, end, last=end == len(raw))
            said = {TABLE_TOKENS[token][1]} | {
                syllable for text, syllable in TABLE_TOKENS if text == TABLE_TOKENS[token][0]
            }
            assert any(edge.start == start and said & set(edge.syllables) for edge in into)


# --- edges of the input -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "reach"),
    [
        ("", 0), ("'", 0), ("'''", 0), ("v", 0), ("uuu", 0), ("xian", 4), ("xianv", 4),
        ("xianvan", 4), ("xi'an", 5), ("xi'", 3), ("xi'''", 5), ("'xi", 3), ("''xi''an''", 10),
        ("Xian", 0), ("xiA", 2), ("xi3an", 2), ("xi你", 2), ("xi\0", 2), ("hao", 0),
    ],
)  # fmt: skip
def test_reach_is_where_the_letters_stop_to_spell(raw: str, reach: int) -> None:
    search = searched(raw)
    assert search.reach == reach
    assert all(path.end == reach for path in search.paths(reach, 3)) or not reach


def test_beam_looks_past_a_delimiter() -> None:
    """What is kept of xi is the same before 'an as before an: in shuangpin all have one."""
    narrow = SearchOptions(beam=1)
    for seed in range(20):
        divided, plain = (searched(raw, seed, narrow).vertices[2] for raw in ("xi'an", "xian"))
        assert divided.tokens.tolist() == plain.tokens.tolist()


@pytest.mark.parametrize(
    ("raw", "spans"),
    [
        ("xi'an", ((0, 2), (2, 5))),
        ("xi'an'", ((0, 2), (2, 6))),
        ("'xi''an", ((0, 3), (3, 7))),
    ],
)
def test_delimiter_divides(raw: str, spans: tuple[tuple[int, int], ...]) -> None:
    search = searched(raw)
    exact = [path for path in search.paths(len(raw), 99) if path.spans == spans]
    assert len(exact) >= 4  # 西 or 系 with 安 or 按
    assert all((0, 4) not in path.spans for path in search.paths(len(raw), 99))


@pytest.mark.parametrize(
    ("raw", "ends"),
    [
        ("xian", [4, 2]),  # jia and xia have no characters here, and are looked up all the same
        ("xi'an", [2]),
        ("xi'", [3, 2]),
        ("xi''''''''''''", [14, 2]),
        ("''''''''''xi", [12]),
        ("''''''''''xi''''", [16, 12]),
        ("x", [1]),
    ],
)
def test_first_edges_are_spellings_of_the_first_syllable(raw: str, ends: list[int]) -> None:
    """Ten delimiters once hid the first syllable."""
    search = searched(raw)
    known = {syllable for _, syllable in TABLE_TOKENS}
    edges = [edge for edge in search.first_edges() if known & set(edge.syllables)]
    assert list(dict.fromkeys(edge.end for edge in edges)) == ends


def test_first_edges_are_exact_where_there_are_exact_ones() -> None:
    assert {edge.kind for edge in searched("xian").first_edges()} == {EdgeKind.EXACT}
    assert {edge.kind for edge in searched("x").first_edges()} == {EdgeKind.ABBREVIATION}
    # n alone means 嗯 in full, and much else.
    assert EdgeKind.ABBREVIATION in {edge.kind for edge in searched("n").first_edges()}
