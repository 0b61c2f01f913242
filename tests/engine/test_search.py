"""The beam search against enumeration of all paths, and against itself typed another way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ime.engine.beam import Vertex
from ime.engine.outlook import WORST
from ime.engine.search import BeamSearch, SearchOptions
from ime.engine.token_options import MISREADING
from ime.engine.values import LeftContext
from ime.pinyin.graph import Edge, EdgeKind, GraphOptions, Segmenter, build_graph
from tests.fakes import TABLE_TOKENS, TableModel

EMPTY = LeftContext()
SEGMENTER = Segmenter(GraphOptions())
WITH_SLIPS = Segmenter(GraphOptions(correction=True))
EVERYTHING = SearchOptions(beam=1_000_000, margin=math.inf)
NARROW = SearchOptions(beam=3, margin=4.0)

seeds = st.integers(0, 50)
inputs = st.text("xianj'", min_size=1, max_size=6)
widths = st.builds(
    SearchOptions, beam=st.integers(1, 5), margin=st.sampled_from([0.5, 3.0, 14.0])
)


def searched(
    raw: str, seed: int = 1, options: SearchOptions | None = None, context: LeftContext = EMPTY
) -> BeamSearch:
    search = BeamSearch(TableModel.drawn(seed), SEGMENTER, options)
    assert search.run(context, raw)
    return search


# --- against all paths -------------------------------------------------------------------

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
    search = BeamSearch(model, segmenter, EVERYTHING)
    search.run(EMPTY, raw)
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
    search = BeamSearch(model, SEGMENTER, options)
    search.run(EMPTY, raw)
    expected = all_paths(model, raw, SEGMENTER)
    assert search.final is not None
    for path in search.paths(len(raw), 1_000_000) if expected else ():
        assert path.score == pytest.approx(expected[path.tokens, path.spans], abs=1e-4)
    for vertex in (*search.vertices, search.final):
        assert len(vertex) <= options.beam
        # Before the end the margin counts from what the next letter promises.
        margin = options.margin + (0.0 if vertex is search.final else -WORST)
        assert not len(vertex) or vertex.scores.min() > vertex.scores.max() - margin


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


# --- typed letter by letter, with second thoughts ------------------------------------------


def assert_same(first: Vertex, second: Vertex) -> None:
    for name in ("scores", "tokens", "sources", "parents"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


edits = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 12), st.sampled_from("xianj'v")),
        st.tuples(st.just("delete"), st.integers(0, 12), st.just("")),
        st.tuples(st.just("append"), st.just(0), st.sampled_from("xianj'v")),
        st.tuples(st.just("backspace"), st.just(0), st.just("")),
    ),
    min_size=1,
    max_size=15,
)


def edited(raw: str, edit: tuple[str, int, str]) -> str:
    kind, place, letter = edit
    match kind:
        case "insert":
            place = min(place, len(raw))
            return raw[:place] + letter + raw[place:]
        case "delete":
            return raw[:place] + raw[place + 1 :]
        case "append":
            return raw + letter
        case _:
            return raw[:-1]


@settings(max_examples=80, deadline=None)
@given(edits=edits, seed=seeds, options=st.sampled_from([NARROW, SearchOptions(beam=5)]))
def test_typing_with_edits_equals_typing_at_once(
    edits: list[tuple[str, int, str]], seed: int, options: SearchOptions
) -> None:
    search = BeamSearch(TableModel.drawn(seed), SEGMENTER, options)
    raw = ""
    for edit in edits:
        raw = edited(raw, edit)
        search.run(EMPTY, raw)
        fresh = searched(raw, seed, options)
        assert search.reach == fresh.reach
        assert search.final is not None
        assert fresh.final is not None
        assert_same(search.final, fresh.final)
        for offset in range(len(raw)):
            assert_same(search.vertices[offset], fresh.vertices[offset])
        assert search.paths(search.reach, 9) == fresh.paths(fresh.reach, 9)


@pytest.mark.parametrize("options", [None, NARROW], ids=["default", "narrow"])
@settings(max_examples=80, deadline=None)
@given(keys=st.text("xianj'<", min_size=1, max_size=20), seed=seeds)
def test_letter_costs_one_step_at_most_and_deletion_none(
    options: SearchOptions | None, keys: str, seed: int
) -> None:
    """What the end of the input needs was once less than the same offset needed afterwards."""
    model = TableModel.drawn(seed, spread=4.0)
    search = BeamSearch(model, SEGMENTER, options)
    raw = ""
    for key in keys:
        raw = raw[:-1] if key == "<" else raw + key
        before = model.calls
        search.run(EMPTY, raw)
        assert model.calls - before <= (key != "<")


def test_letter_that_begins_no_syllable_costs_no_step() -> None:
    model = TableModel.drawn(1)
    search = BeamSearch(model, SEGMENTER)
    for raw in ("n", "ni"):
        search.run(EMPTY, raw)
    assert model.calls == 0
    search.run(EMPTY, "nix")
    assert model.calls == 1
    search.run(EMPTY, "nixi")
    assert model.calls == 1


def test_same_letters_again_cost_nothing() -> None:
    search = searched("xianxian")
    model = search.model
    assert isinstance(model, TableModel)
    calls, final = model.calls, search.final
    search.run(EMPTY, "xianxian")
    assert model.calls == calls
    assert final is not None
    assert search.final is not None
    assert_same(search.final, final)


# --- states ----------------------------------------------------------------------------------


def test_states_do_not_pile_up_over_typing_and_deleting() -> None:
    model = TableModel.drawn(3)
    search = BeamSearch(model, SEGMENTER)
    sizes = []
    for _ in range(5):
        for end in range(1, 13):
            search.run(EMPTY, "xianxi'annia"[:end])
        full = len(model.live)
        for end in range(11, 0, -1):
            search.run(EMPTY, "xianxi'annia"[:end])
        sizes.append((full, len(model.live)))
    assert sizes == [sizes[0]] * 5
    assert sizes[0][1] < sizes[0][0]


@settings(max_examples=40, deadline=None)
@given(edits=edits, seed=seeds)
def test_live_states_are_those_that_vertices_hold(
    edits: list[tuple[str, int, str]], seed: int
) -> None:
    model = TableModel.drawn(seed)
    search = BeamSearch(model, SEGMENTER, NARROW)
    raw = ""
    for edit in edits:
        raw = edited(raw, edit)
        search.run(EMPTY, raw)
        held = np.concatenate([vertex.states for vertex in search.vertices])
        assert sorted(held[held >= 0].tolist()) == sorted(model.live)


# --- stopping and starting again -------------------------------------------------------------


@dataclass
class After:
    """Becomes true when it was asked `times` times."""

    times: int

    def __call__(self) -> bool:
        self.times -= 1
        return self.times < 0


@pytest.mark.parametrize("times", range(6))
def test_overtaken_search_stops_and_a_later_one_completes(times: int) -> None:
    search = BeamSearch(TableModel.drawn(2), SEGMENTER, NARROW)
    search.run(EMPTY, "xi")
    assert not search.run(EMPTY, "xiannian", After(times))
    assert search.run(EMPTY, "xiannianx")
    fresh = searched("xiannianx", 2, NARROW)
    assert search.paths(9, 9) == fresh.paths(9, 9)


def test_overtaken_search_may_be_followed_by_other_letters() -> None:
    search = BeamSearch(TableModel.drawn(2), SEGMENTER)
    assert not search.run(EMPTY, "xianxian", After(5))
    assert search.run(EMPTY, "nian")
    assert search.paths(4, 9) == searched("nian", 2).paths(4, 9)


def test_search_that_is_not_overtaken_asks_at_every_vertex() -> None:
    asked = []

    def stale() -> bool:
        asked.append(True)
        return False

    assert BeamSearch(TableModel.drawn(2), SEGMENTER).run(EMPTY, "xian", stale)
    assert len(asked) == 3  # the first is known, the last is the result


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda search: LeftContext("安"), id="other text"),
        pytest.param(lambda search: LeftContext("系", ((0, "ji"),)), id="other reading"),
        pytest.param(lambda search: search.reset() or LeftContext("系"), id="model changed"),
    ],
)
def test_context_change_starts_anew(change: Callable[[BeamSearch], LeftContext]) -> None:
    search = searched("xian", 1, context=LeftContext("系"))
    model = search.model
    assert isinstance(model, TableModel)
    calls = model.calls
    context = change(search)
    search.run(context, "xian")
    assert model.calls > calls
    assert search.paths(4, 9) == searched("xian", 1, context=context).paths(4, 9)


def test_context_decides() -> None:
    table = np.full((14, 13), math.log(0.01), np.float32)
    texts = [text for text, _ in TABLE_TOKENS]
    table[texts.index("西"), texts.index("线")] = math.log(0.9)
    table[texts.index("安"), texts.index("先")] = math.log(0.9)
    search = BeamSearch(TableModel(table), SEGMENTER)
    for before, first in (("西", "线"), ("安", "先")):
        search.run(LeftContext(before), "xian")
        assert texts[search.paths(4, 1)[0].tokens[0]] == first


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


def test_equal_scores_are_kept_in_one_order() -> None:
    """All tokens are equally likely: what is kept must not hang on the way of typing."""
    flat = np.full((14, 13), -math.log(13), np.float32)
    fresh = BeamSearch(TableModel(flat), SEGMENTER, NARROW)
    fresh.run(EMPTY, "xianxi'an")
    typed = BeamSearch(TableModel(flat), SEGMENTER, NARROW)
    for end in range(1, 10):
        typed.run(EMPTY, "xianxi'an"[:end])
    assert typed.paths(9, 9) == fresh.paths(9, 9)
