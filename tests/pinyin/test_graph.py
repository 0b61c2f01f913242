"""Raw letters to the syllable graph."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.pinyin import rules
from ime.pinyin.graph import Edge, EdgeKind, FuzzyPair, GraphOptions, Segmenter
from ime.pinyin.inventory import SPELLINGS, SYLLABLES, TYPED_ONLY
from tests.syllable_graph import SyllableGraph, build_graph

PLAIN = GraphOptions(abbreviation=False, completion=False, typos=False)
EVERYTHING = GraphOptions(fuzzy=frozenset(FuzzyPair), correction=True)
SEGMENTERS = {
    "plain": Segmenter(PLAIN),
    "default": Segmenter(GraphOptions()),
    "correction": Segmenter(GraphOptions(correction=True)),
    "everything": Segmenter(EVERYTHING),
}
ANY_SEGMENTER = st.sampled_from(sorted(SEGMENTERS)).map(SEGMENTERS.__getitem__)
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz'", max_size=12)
SYLLABLE_LISTS = st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=5)
# Letters as people type them, and letters as a cat does.
RAW = LETTERS | SYLLABLE_LISTS.map("".join) | SYLLABLE_LISTS.map("'".join)


def pieces(graph: SyllableGraph, path: tuple[Edge, ...]) -> str:
    return " ".join(graph.raw[edge.start : edge.end].strip("'") for edge in path)


def cuts(raw: str, segmenter: str = "default") -> set[str]:
    graph = build_graph(raw, SEGMENTERS[segmenter])
    return {pieces(graph, path) for path in graph.paths()}


# --- Segmentation -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "segmentation"),
    [
        ("xian", "xian"),
        ("xian", "xi an"),
        ("xi'an", "xi an"),
        ("xiangong", "xian gong"),
        ("xiangong", "xiang o n g"),
        ("xiangon", "xiang o n"),
        ("xiana", "xian a"),
        ("xion", "xi o n"),
        ("lvenu", "lve nu"),
        ("lven", "lv en"),
        ("wanan", "wan an"),
        ("tanan", "tan an"),
        ("tanan", "ta nan"),
        ("zhunipingan", "zhu ni ping an"),
        ("zhunipingan", "zhu ni pin gan"),
        ("zhuna", "zhu na"),
        ("zhuna", "zhun a"),
        ("sangeren", "san ge ren"),
        ("sangeren", "sang e ren"),
        ("shuou", "shu ou"),
        ("jiaou", "jia ou"),
        ("jiao", "jiao"),
        ("jiao", "ji ao"),
        ("jiao", "jia o"),
        ("kuai", "ku ai"),
        ("qie", "qie"),
        ("qie", "qi e"),
        ("nng", "n ng"),
        ("huaco", "hua c o"),
        ("yand", "yan d"),
        ("zhm", "zh m"),
        ("zhm", "z h m"),
        ("fangan", "fang an"),
        ("fangan", "fan gan"),
        ("fange", "fan ge"),
        ("fange", "fang e"),
        ("zgr", "z g r"),
        ("srf", "s r f"),
        ("sruf", "s ru f"),
        ("shrfa", "sh r fa"),
        ("wojt", "wo j t"),
        ("zhongg", "zhong g"),
        ("zzhzhhzhzh", "z zh zh h zh zh"),
        ("zhogn", "zhogn"),
        ("huar", "hua r"),
        ("er", "er"),
        ("m", "m"),
        ("hm", "hm"),
        ("ng", "ng"),
    ],
)
def test_graph_holds_segmentation(raw: str, segmentation: str) -> None:
    assert segmentation in cuts(raw)


@pytest.mark.parametrize(
    ("raw", "segmentations"),
    [
        ("xi'an", {"xi an", "xi a n"}),
        ("xian", {"xian", "xi an", "xia n", "xi a n"}),
        ("woai", {"wo ai"}),
        ("ping'e", {"ping e", "pi ng e"}),
        ("lue", {"lue", "lu e"}),
        ("wa'nan'''", {"wa nan", "wa na n", "wa n an", "wa n a n"}),
    ],
)
def test_exact_segmentations_are_these_alone(raw: str, segmentations: set[str]) -> None:
    assert cuts(raw, "plain") == segmentations


@pytest.mark.parametrize(
    ("raw", "reach"),
    [
        ("", 0),
        ("'", 0),
        ("'''", 0),
        ("biiiiiilp", 2),
        ("nihao", 5),
        ("wa'nan'''", 9),
        ("'an", 3),
        ("xi'", 3),
        ("i", 0),
        ("u", 0),
        ("v", 0),
        ("nihaoV", 5),
        ("Xguang", 0),
        ("ni3hao", 2),
        ("ni好hao", 2),
        ("ni\x00", 2),
        ("zhi'u", 3),
    ],
)
def test_reach_ends_where_no_syllable_goes_on(raw: str, reach: int) -> None:
    assert build_graph(raw, GraphOptions()).reach == reach


# --- Spans and delimiters ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "spans"),
    [
        ("xi'an", {(0, 2): "xi", (2, 5): "an"}),
        ("xi''an", {(0, 2): "xi", (2, 6): "an"}),
        ("'an", {(0, 3): "an"}),
        ("wa'nan'''", {(0, 2): "wa", (2, 9): "nan"}),
        ("''o''", {(0, 5): "o"}),
    ],
)
def test_edge_spans_hold_the_delimiters_in_front_and_at_the_very_end(
    raw: str, spans: dict[tuple[int, ...], str]
) -> None:
    edges = build_graph(raw, PLAIN).edges
    found = {(e.start, e.end): syllable for e in edges for syllable in e.syllables}
    assert spans.items() <= found.items()


def test_no_edge_leads_to_the_offset_behind_a_delimiter_inside_the_input() -> None:
    assert SEGMENTERS["everything"].edges_into("xi'an", 3, last=False) == ()


def test_delimiter_at_the_end_closes_the_syllable() -> None:
    assert "zho" in cuts("zho")
    assert "zho" not in cuts("zho'")


def test_letters_without_a_syllable_leave_only_their_initials() -> None:
    assert cuts("bl") == {"b l"}


def test_undivided_stretches_hold_one_syllable_each() -> None:
    graph = build_graph("xian'xi'x", GraphOptions(undivided=True))
    assert {pieces(graph, path) for path in graph.paths()} == {"xian xi x"}


# --- Letters swapped between two syllables ----------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "syllables"),
    [
        ("batiuo", "bai tuo"),
        ("menpiasohi", "men piao shi"),
        ("haboa", "hao ba"),
        ("xiasoong", "xiao song"),
        ("luobtoe", "luo bo te"),
        ("yigo", None),
    ],
)
def test_letters_swapped_between_syllables_are_a_path(raw: str, syllables: str | None) -> None:
    graph = build_graph(raw, SEGMENTERS["correction"])
    wanted = syllables.split() if syllables else ["yi", "go"]
    prices = {
        sum(edge.log_prob for edge in path)
        for path in graph.paths()
        if len(path) == len(wanted)
        and all(s in edge.syllables for s, edge in zip(wanted, path, strict=True))
    }
    expected = rules.SWAPPED_AWAY + rules.SWAPPED_BACK
    if syllables:
        assert max(prices) == pytest.approx(expected)
    else:
        assert not prices


@pytest.mark.parametrize("raw", ["bat", "batxuo", "bat'iuo", "bat\x00iuo"])
def test_no_letter_is_swapped_away_where_the_missing_one_does_not_follow(raw: str) -> None:
    edges = SEGMENTERS["correction"].edges_into(raw, 3, last=raw == "bat")
    assert not [edge for edge in edges if (edge.start, edge.syllables) == (0, ("bai",))]
    assert not [edge for edge in edges if edge.log_prob == rules.SWAPPED_AWAY]


@pytest.mark.parametrize("raw", ["ktiuo", "tiuo", "t'iuo"])
def test_no_letter_is_swapped_back_behind_what_no_syllable_swapped_away(raw: str) -> None:
    edges = SEGMENTERS["correction"].edges_into(raw, len(raw), last=True)
    assert rules.SWAPPED_BACK not in {edge.log_prob for edge in edges}


def test_swaps_are_no_edges_without_correction() -> None:
    for raw in ("batiuo", "haboa"):
        edges = build_graph(raw, GraphOptions()).edges
        prices = {edge.log_prob for edge in edges}
        assert not prices & {rules.SWAPPED_AWAY, rules.SWAPPED_BACK}


# --- Properties -------------------------------------------------------------------------------


@given(SYLLABLE_LISTS, ANY_SEGMENTER)
def test_syllables_typed_in_full_are_a_path_at_no_cost(
    syllables: str, segmenter: Segmenter
) -> None:
    raw = "".join(syllables)
    at = 0
    for syllable in syllables:
        end = at + len(syllable)
        edges = segmenter.edges_into(raw, end, last=end == len(raw))
        assert Edge(at, end, (syllable,), EdgeKind.EXACT, 0.0) in edges
        at = end


@given(RAW)
def test_exact_paths_spell_the_letters(raw: str) -> None:
    graph = build_graph(raw, SEGMENTERS["plain"])
    letters = raw[: graph.reach].replace("'", "")
    for path in islice(graph.paths(), 200):
        typed = pieces(graph, path).split()
        assert "".join(typed) == letters
        assert [(SPELLINGS[piece],) for piece in typed] == [edge.syllables for edge in path]


@given(RAW.filter(bool), st.text("abiguv'nzX", max_size=4), ANY_SEGMENTER, st.data())
def test_edges_depend_on_one_letter_to_the_right_at_most(
    raw: str, more: str, segmenter: Segmenter, data: st.DataObject
) -> None:
    end = data.draw(st.integers(1, len(raw)))
    alone = segmenter.edges_into(raw[: end + 1], end, last=False)
    behind = raw[end + 1 :] + more if end < len(raw) else ""
    assert segmenter.edges_into(raw[: end + 1] + behind, end, last=False) == alone


@given(RAW, ANY_SEGMENTER)
def test_graph_is_the_union_of_the_edges_into_its_vertices(
    raw: str, segmenter: Segmenter
) -> None:
    ends = range(1, len(raw) + 1)
    union = [e for i in ends for e in segmenter.edges_into(raw, i, last=i == len(raw))]
    assert list(build_graph(raw, segmenter).edges) == union


def test_graph_is_the_same_from_options_as_from_a_segmenter() -> None:
    raw = "woaizhon"
    assert build_graph(raw, GraphOptions()) == build_graph(raw, SEGMENTERS["default"])


@given(RAW, ANY_SEGMENTER)
def test_edges_stay_between_delimiters(raw: str, segmenter: Segmenter) -> None:
    for edge in build_graph(raw, segmenter).edges:
        span = raw[edge.start : edge.end]
        assert edge.start == 0 or raw[edge.start - 1] != "'"
        assert "'" not in (span.strip("'") if edge.end == len(raw) else span.lstrip("'"))


@given(RAW, ANY_SEGMENTER)
def test_every_syllable_is_known_and_listed_once_a_span(raw: str, segmenter: Segmenter) -> None:
    spans: Counter[tuple[int, int, str]] = Counter()
    for edge in build_graph(raw, segmenter).edges:
        exact = edge.kind is EdgeKind.EXACT
        assert set(edge.syllables) <= (SYLLABLES | TYPED_ONLY if exact else SYLLABLES)
        assert (edge.log_prob == 0) if exact else (edge.log_prob < 0)
        assert edge.syllables == tuple(sorted(edge.syllables))
        spans.update((edge.start, edge.end, syllable) for syllable in edge.syllables)
    assert set(spans.values()) <= {1}


@given(RAW, ANY_SEGMENTER)
def test_spans_have_at_most_one_edge_of_a_kind_and_price(
    raw: str, segmenter: Segmenter
) -> None:
    edges = build_graph(raw, segmenter).edges
    counts = Counter((edge.start, edge.end, edge.kind, edge.log_prob) for edge in edges)
    assert set(counts.values()) <= {1}


# --- Bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "spans", "edges"), [("default", 6, 12), ("everything", 7, 35)]
)
@given(raw=RAW)
def test_edges_into_a_vertex_are_bounded(name: str, spans: int, edges: int, raw: str) -> None:
    for end in range(1, len(raw) + 1):
        found = SEGMENTERS[name].edges_into(raw, end, last=True)
        assert len({edge.start for edge in found}) <= spans
        assert len(found) <= edges


@pytest.mark.parametrize("name", sorted(SEGMENTERS))
@pytest.mark.parametrize("unit", ["a", "n", "z", "g", "an", "e'", "nng", "biiiiiilp", "zhuang"])
def test_held_keys_add_the_same_number_of_edges_each(unit: str, name: str) -> None:
    def count(times: int) -> int:
        return len(build_graph(unit * times, SEGMENTERS[name]).edges)

    growth = count(41) - count(40)
    assert count(200) - count(40) == 160 * growth


def test_ten_thousand_letters_are_converted_to_the_end() -> None:
    raw = "nihao" * 2_000
    assert build_graph(raw, SEGMENTERS["default"]).reach == len(raw)


# --- Letters that are meant -------------------------------------------------------------------


class SomeWords:
    """Knows git and iphone."""

    longest = 6

    def log_prob(self, typed: str) -> float:
        return -3.0 if typed.lower() in ("git", "iphone") else -inf

    def text_of(self, typed: str) -> str:
        return typed


WITH_LETTERS = Segmenter(GraphOptions(), SomeWords())


def letter_runs(raw: str) -> set[str]:
    """Runs of letters on some way from beginning to end."""
    found = set()
    for end in range(1, len(raw) + 1):
        for edge in WITH_LETTERS.edges_into(raw, end, last=end == len(raw)):
            if edge.kind is EdgeKind.LETTERS:
                assert edge.syllables == ()
                found.add(raw[edge.start : edge.end])
    return found


@pytest.mark.parametrize(
    ("raw", "runs"),
    [
        ("woquKTVla", {"KTV", "KTVla", "woquKTVla"}),  # capitals are never cut
        ("yonggittijiao", {"git"}),
        ("wodeiPhone", {"iPhone", "P", "Phone", "wodeiPhone"}),
        ("wode'iPhone", {"'iPhone", "P", "Phone"}),
        ("GPT-4xie", {"GPT-4", "GPT-4xie"}),
        ("nihao", set()),
        ("Git", {"G", "Git"}),
    ],
)
def test_runs_of_letters(raw: str, runs: set[str]) -> None:
    assert letter_runs(raw) == runs


def test_the_dot_of_a_name_is_an_edge_of_its_own() -> None:
    (dot,) = SEGMENTERS["default"].edges_into("xi`an", 3, last=False)
    assert (dot.start, dot.end, dot.kind, dot.syllables) == (2, 3, EdgeKind.DOT, ())
    behind = SEGMENTERS["default"].edges_into("xi`an", 5, last=True)
    assert {edge.start for edge in behind} == {3, 4}


@given(RAW)
def test_small_letters_of_no_word_have_the_edges_of_pinyin(raw: str) -> None:
    for end in range(1, len(raw) + 1):
        found = WITH_LETTERS.edges_into(raw, end, last=end == len(raw))
        plain = [edge for edge in found if edge.kind is not EdgeKind.LETTERS]
        assert tuple(plain) == SEGMENTERS["default"].edges_into(raw, end, last=end == len(raw))


@pytest.mark.parametrize(
    ("raw", "price"),
    [
        ("git", rules.SHORT_SMALL_LETTERS),  # alone they are initials
        ("yonggit", rules.SHORT_RUN_INSIDE),
        ("iphone", rules.SMALL_LETTERS),
        ("yongGit", 0.0),
    ],
)
def test_small_letters_have_their_price(raw: str, price: float) -> None:
    edges = WITH_LETTERS.edges_into(raw, len(raw), last=True)
    letters = [edge for edge in edges if edge.kind is EdgeKind.LETTERS]
    assert letters[0].log_prob == pytest.approx(price - 3.0)
