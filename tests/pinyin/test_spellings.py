"""What runs of letters may spell, kind by kind."""

from __future__ import annotations

from itertools import product
from string import ascii_lowercase

import pytest

from ime.pinyin import rules
from ime.pinyin.graph import Edge, EdgeKind, Segmenter
from ime.pinyin.inventory import SYLLABLES
from ime.pinyin.rules import FuzzyPair
from ime.pinyin.spellings import GraphOptions, SpellingTable
from tests.syllable_graph import build_graph

PLAIN = GraphOptions(abbreviation=False, completion=False, typos=False)


def edges_of(raw: str, options: GraphOptions, kind: EdgeKind) -> dict[str, Edge]:
    """Edges of one kind over the whole of `raw`, by the syllables they may mean."""
    graph = build_graph(raw, options)
    return {
        syllable: edge
        for edge in graph.edges
        if edge.kind is kind and (edge.start, edge.end) == (0, len(raw))
        for syllable in edge.syllables
    }


@pytest.mark.parametrize(
    ("raw", "syllables"),
    [
        ("zh", {s for s in SYLLABLES if s.startswith("zh")}),
        ("z", {s for s in SYLLABLES if s.startswith("z")}),
        ("n", {s for s in SYLLABLES if s.startswith("n")}),
        ("a", {"ai", "an", "ang", "ao"}),
        ("e", {"en", "er"}),
        ("o", {"ou"}),
        ("m", {s for s in SYLLABLES if s.startswith("m")} - {"m"}),
    ],
)
def test_abbreviation_means_every_syllable_of_the_initial(
    raw: str, syllables: set[str]
) -> None:
    edges = edges_of(raw, GraphOptions(), EdgeKind.ABBREVIATION)
    assert set(edges) == syllables
    assert {edge.log_prob for edge in edges.values()} == {rules.ABBREVIATION}


def test_abbreviation_is_one_edge_of_one_letter_inside_the_input() -> None:
    edges = Segmenter(GraphOptions()).edges_into("zgr", 2, last=False)
    assert [(e.start, e.end, e.kind) for e in edges] == [(1, 2, EdgeKind.ABBREVIATION)]


@pytest.mark.parametrize(
    ("raw", "syllables"),
    [
        ("zho", {"zhong", "zhou"}),
        ("zhe", {"zhen", "zheng"}),
        ("xion", {"xiong"}),
        ("an", {"ang"}),
        ("lv", {"lve"}),
        ("lu", {"luan", "lun", "luo", "lve"}),
        ("jv", {"jue", "juan", "jun"}),
        ("zhuang", set()),
        ("zh", set()),
        ("a", set()),
    ],
)
def test_completion_means_syllables_that_go_on(raw: str, syllables: set[str]) -> None:
    edges = edges_of(raw, GraphOptions(), EdgeKind.COMPLETION)
    assert set(edges) == syllables
    assert {edge.log_prob for edge in edges.values()} <= {rules.COMPLETION}


def test_completion_ends_at_the_end_of_the_input_alone() -> None:
    graph = build_graph("zhozho", GraphOptions())
    assert {edge.end for edge in graph.edges if edge.kind is EdgeKind.COMPLETION} == {6}


@pytest.mark.parametrize("raw", ["n", "zh", "a", "ni"])
def test_lone_initial_is_a_completion_where_abbreviation_is_off(raw: str) -> None:
    options = GraphOptions(abbreviation=False)
    assert edges_of(raw, options, EdgeKind.COMPLETION)
    assert not edges_of(raw, options, EdgeKind.ABBREVIATION)


@pytest.mark.parametrize(
    ("typed", "syllable"),
    [
        ("zhogn", "zhong"),
        ("zhomg", "zhong"),
        ("xion", "xiong"),
        ("jiou", "jiu"),
        ("duei", "dui"),
        ("luen", "lun"),
    ],
)
def test_habitual_slip_is_corrected_unless_typos_are_off(typed: str, syllable: str) -> None:
    options = GraphOptions(completion=False)
    assert edges_of(typed, options, EdgeKind.CORRECTION)[syllable].log_prob == rules.SLIP
    assert not edges_of(typed, PLAIN, EdgeKind.CORRECTION)


@pytest.mark.parametrize(
    ("typed", "syllable", "price"),
    [
        ("nii", "ni", rules.DOUBLED),
        ("hoa", "hao", rules.SWAPPED),
        ("wp", "wo", rules.NEIGHBOUR),
        ("zhng", "zhong", rules.MISSING),
        # The letters spell another syllable.
        ("bie", "nie", rules.NEIGHBOUR),
        ("le", "ke", rules.NEIGHBOUR),
        ("gan", "guan", rules.MISSING),
        ("a", "ba", rules.MISSING),
        ("i", "di", rules.MISSING),
        ("hou", "huo", rules.SWAPPED),
    ],
)
def test_random_slip_is_corrected_where_it_is_switched_on(
    typed: str, syllable: str, price: float
) -> None:
    found = edges_of(typed, GraphOptions(correction=True), EdgeKind.CORRECTION)
    assert found[syllable].log_prob == price
    assert not edges_of(typed, GraphOptions(), EdgeKind.CORRECTION)


@pytest.mark.parametrize("typed", ["g", "nmiu", "ihao"])
def test_lone_initials_and_two_slips_are_not_corrected(typed: str) -> None:
    assert not edges_of(typed, GraphOptions(correction=True), EdgeKind.CORRECTION)


@pytest.mark.parametrize("typed", ["ba", "ei", "wo"])
def test_syllables_of_one_letter_are_never_what_a_slip_meant(typed: str) -> None:
    found = edges_of(typed, GraphOptions(correction=True), EdgeKind.CORRECTION)
    assert not {"a", "e", "o", "m"} & set(found)


@pytest.mark.parametrize(
    ("typed", "syllable", "price"),
    [
        ("zong", "zhong", rules.ACCENT),
        ("zhong", "zong", rules.OVERDONE),
        ("si", "shi", rules.ACCENT),
        ("jin", "jing", rules.ACCENT),
        ("jing", "jin", rules.OVERDONE),
        ("lan", "nan", rules.ACCENT),
        ("fei", "hui", rules.ACCENT),
        ("huang", "fang", rules.ACCENT),
    ],
)
def test_accent_is_corrected_without_its_switch_and_cheaper_with_it(
    typed: str, syllable: str, price: float
) -> None:
    options = GraphOptions(correction=True, completion=False)
    assert edges_of(typed, options, EdgeKind.CORRECTION)[syllable].log_prob == max(
        price, rules.slipped_spellings(syllable).get(typed, price)
    )
    switched = GraphOptions(correction=True, fuzzy=frozenset(FuzzyPair), completion=False)
    assert edges_of(typed, switched, EdgeKind.FUZZY)[syllable].log_prob == rules.FUZZY
    assert price < rules.FUZZY


@pytest.mark.parametrize(
    ("pair", "typed", "syllable"),
    [
        (FuzzyPair.Z_ZH, "zong", "zhong"),
        (FuzzyPair.Z_ZH, "zhong", "zong"),
        (FuzzyPair.Z_ZH, "zuang", "zhuang"),
        (FuzzyPair.C_CH, "ci", "chi"),
        (FuzzyPair.S_SH, "shan", "san"),
        (FuzzyPair.N_L, "lan", "nan"),
        (FuzzyPair.N_L, "nue", "lve"),
        (FuzzyPair.F_H, "fui", "hui"),
        (FuzzyPair.R_L, "le", "re"),
        (FuzzyPair.AN_ANG, "wan", "wang"),
        (FuzzyPair.EN_ENG, "sheng", "shen"),
        (FuzzyPair.IN_ING, "yin", "ying"),
        (FuzzyPair.AN_ANG, "xiang", "xian"),
        (FuzzyPair.AN_ANG, "guan", "guang"),
        (FuzzyPair.F_H, "huang", "fang"),
        (FuzzyPair.F_H, "fei", "hui"),
    ],
)
def test_fuzzy_pair_is_its_own_switch(pair: FuzzyPair, typed: str, syllable: str) -> None:
    on = edges_of(typed, GraphOptions(fuzzy=frozenset({pair})), EdgeKind.FUZZY)
    others = GraphOptions(completion=False, fuzzy=frozenset(FuzzyPair) - {pair})
    assert on[syllable].log_prob == rules.FUZZY
    assert syllable not in edges_of(typed, others, EdgeKind.FUZZY)


def test_fuzzy_final_does_not_reach_longer_finals() -> None:
    options = GraphOptions(fuzzy=frozenset({FuzzyPair.IN_ING}), completion=False)
    assert not edges_of("xion", options, EdgeKind.FUZZY)
    assert not edges_of("gun", options, EdgeKind.FUZZY)


def test_fuzzy_pairs_add_up_on_initial_and_final_but_do_not_chain() -> None:
    pairs = frozenset({FuzzyPair.Z_ZH, FuzzyPair.EN_ENG, FuzzyPair.N_L, FuzzyPair.R_L})
    both = edges_of("zen", GraphOptions(fuzzy=pairs), EdgeKind.FUZZY)["zheng"]
    assert both.log_prob == 2 * rules.FUZZY
    assert "ren" not in edges_of("nen", GraphOptions(fuzzy=pairs), EdgeKind.FUZZY)


@pytest.mark.parametrize(
    ("typed", "price"), [("l", rules.ABBREVIATION), ("lia", rules.COMPLETION)]
)
def test_fuzzy_initial_reaches_abbreviation_and_completion(typed: str, price: float) -> None:
    options = GraphOptions(fuzzy=frozenset({FuzzyPair.N_L}))
    edge = edges_of(typed, options, EdgeKind.FUZZY)["nian"]
    assert edge.log_prob == pytest.approx(rules.FUZZY + price)


# --- Bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "most"),
    [
        (GraphOptions(), 2),
        (GraphOptions(fuzzy=frozenset(FuzzyPair)), 4),
        (GraphOptions(fuzzy=frozenset(FuzzyPair), correction=True), 6),
    ],
    ids=["default", "fuzzy", "everything"],
)
def test_meanings_of_a_run_are_few(options: GraphOptions, most: int) -> None:
    table = SpellingTable(options)
    runs = {
        "".join(run) for length in (1, 2, 3) for run in product(ascii_lowercase, repeat=length)
    }
    for syllable in SYLLABLES:
        slipped = rules.slipped_spellings(syllable)
        runs.update(typed[:length] for typed in slipped for length in range(4, 8))
    assert max(len(table.meanings(run, last=True)) for run in runs) == most
