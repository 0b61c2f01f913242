"""The beam search against itself: typed letter by letter, edited, stopped, started anew."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ime.convert import search as module
from ime.convert.beam import Vertex
from ime.convert.score.formula import Score
from ime.convert.search import BeamSearch, SearchOptions
from ime.values import LeftContext
from tests.convert.searches import EMPTY, NARROW, SEGMENTER, searched, seeds
from tests.fakes import TABLE_TOKENS, TableModel

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
    search = BeamSearch(Score(TableModel.drawn(seed)), SEGMENTER, options)
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
    search = BeamSearch(Score(model), SEGMENTER, options)
    raw = ""
    for key in keys:
        raw = raw[:-1] if key == "<" else raw + key
        before = model.calls
        search.run(EMPTY, raw)
        assert model.calls - before <= (key != "<")


def test_letter_that_begins_no_syllable_costs_no_step() -> None:
    model = TableModel.drawn(1)
    search = BeamSearch(Score(model), SEGMENTER)
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
    search = BeamSearch(Score(model), SEGMENTER)
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
    search = BeamSearch(Score(model), SEGMENTER, NARROW)
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
    search = BeamSearch(Score(TableModel.drawn(2)), SEGMENTER, NARROW)
    search.run(EMPTY, "xi")
    assert not search.run(EMPTY, "xiannian", After(times))
    assert search.run(EMPTY, "xiannianx")
    fresh = searched("xiannianx", 2, NARROW)
    assert search.paths(9, 9) == fresh.paths(9, 9)


def test_overtaken_search_may_be_followed_by_other_letters() -> None:
    search = BeamSearch(Score(TableModel.drawn(2)), SEGMENTER)
    assert not search.run(EMPTY, "xianxian", After(5))
    assert search.run(EMPTY, "nian")
    assert search.paths(4, 9) == searched("nian", 2).paths(4, 9)


def test_search_that_is_not_overtaken_asks_at_every_vertex() -> None:
    asked = []

    def stale() -> bool:
        asked.append(True)
        return False

    assert BeamSearch(Score(TableModel.drawn(2)), SEGMENTER).run(EMPTY, "xian", stale)
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
    search = BeamSearch(Score(TableModel(table)), SEGMENTER)
    for before, first in (("西", "线"), ("安", "先")):
        search.run(LeftContext(before), "xian")
        assert texts[search.paths(4, 1)[0].tokens[0]] == first


def test_equal_scores_are_kept_in_one_order() -> None:
    """All tokens are equally likely: what is kept must not hang on the way of typing."""
    flat = np.full((14, 13), -math.log(13), np.float32)
    fresh = BeamSearch(Score(TableModel(flat)), SEGMENTER, NARROW)
    fresh.run(EMPTY, "xianxi'an")
    typed = BeamSearch(Score(TableModel(flat)), SEGMENTER, NARROW)
    for end in range(1, 10):
        typed.run(EMPTY, "xianxi'an"[:end])
    assert typed.paths(9, 9) == fresh.paths(9, 9)


def test_distributions_far_from_the_end_are_dropped_and_computed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    raw = "xiannianxi'anjian" * 2
    search = BeamSearch(Score(TableModel.drawn(3)), SEGMENTER, SearchOptions(beam=5))
    for end in range(1, len(raw) + 1):
        search.run(EMPTY, raw[:end])
        search.certainties(search.reach)
    assert search.vertices[0].log_probs is not None  # the first syllable's characters need it
    assert all(vertex.log_probs is None for vertex in search.vertices[1:-3])
    assert any(vertex.has_states for vertex in search.vertices[1:-3])
    for end in range(len(raw) - 1, 0, -1):
        search.run(EMPTY, raw[:end])
        fresh = searched(raw[:end], 3, SearchOptions(beam=5))
        assert search.reach == fresh.reach
        assert_same(search.vertex_at(search.reach), fresh.vertex_at(fresh.reach))
        np.testing.assert_allclose(
            search.certainties(search.reach), fresh.certainties(fresh.reach), rtol=1e-6
        )
