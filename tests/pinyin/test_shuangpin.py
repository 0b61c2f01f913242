"""Shuangpin schemes: codes, and keys written out in full pinyin."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.errors import SettingsError
from ime.pinyin.graph import EdgeKind, GraphOptions, Segmenter
from ime.pinyin.inventory import COLLOQUIAL_BY_TYPED, SYLLABLES
from ime.pinyin.schemes import SCHEME_TABLES
from ime.pinyin.shuangpin import CODED, UNCODED, Scheme, built_in_scheme
from tests.syllable_graph import build_graph

# Syllable, and its code in each scheme: compared with what the spelling algebra of the schemes
# for Rime makes of the syllables, and equal to it but for lo.
CODES = Path(__file__).with_name("shuangpin_codes.tsv")
NAMES = sorted(SCHEME_TABLES)
ANY_SCHEME = st.sampled_from(NAMES).map(built_in_scheme)
SYLLABLE_LISTS = st.lists(st.sampled_from(sorted(CODED)), max_size=6)
KEYS = st.text("abcdefghijklmnopqrstuvwxyz;'X3", max_size=12)
UNDIVIDED = Segmenter(GraphOptions(undivided=True))


@pytest.fixture(scope="module")
def codes() -> dict[str, dict[str, str]]:
    rows = [line.split("\t") for line in CODES.read_text(encoding="utf-8").splitlines()]
    return {
        name: {row[0]: row[column] for row in rows[1:]}
        for column, name in enumerate(rows[0])
        if column
    }


# --- Codes ------------------------------------------------------------------------------------


def test_syllables_without_a_code_are_the_three_that_two_keys_cannot_type() -> None:
    assert {"m", "hng", "lo"} == UNCODED
    assert SYLLABLES | {"ei", "tei", "zhei"} == CODED | UNCODED


def test_syllable_lo_is_reached_through_its_character() -> None:
    assert ("咯", "lo") in {(item.char, item.syllable) for item in COLLOQUIAL_BY_TYPED["luo"]}


@pytest.mark.parametrize("name", NAMES)
def test_every_syllable_has_the_code_of_the_published_table(
    name: str, codes: dict[str, dict[str, str]]
) -> None:
    assert dict(built_in_scheme(name).codes) == codes[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_syllable_has_one_code_that_leads_back_to_it(name: str) -> None:
    scheme = built_in_scheme(name)
    assert set(scheme.codes) == CODED
    assert len(set(scheme.codes.values())) == len(CODED)
    assert all(len(code) == 2 for code in scheme.syllables)
    assert {scheme.syllables[code] for code in scheme.codes.values()} == CODED


@pytest.mark.parametrize(
    ("name", "code", "syllable"),
    [
        ("flypy", "xm", "xian"),
        ("flypy", "vl", "zhuang"),
        ("flypy", "ah", "ang"),
        ("flypy", "ac", "ao"),
        ("flypy", "jv", "ju"),
        ("flypy", "lt", "lve"),
        ("ziranma", "vd", "zhuang"),
        ("ziranma", "ty", "ting"),
        ("mspy", "x;", "xing"),
        ("mspy", "or", "er"),
        ("mspy", "er", "er"),
        ("mspy", "ly", "lv"),
        ("mspy", "lt", "lve"),
        ("mspy", "lv", "lve"),
        ("sogou", "vv", "zhui"),
        ("sogou", "oh", "ang"),
        ("abc", "as", "zhong"),
        ("abc", "ei", "chi"),
        ("abc", "vt", "shuang"),
        ("ziguang", "ul", "zhuan"),
        ("ziguang", "i;", None),
        ("ziguang", "oj", "er"),
        ("pyjj", "ui", "chi"),
        ("pyjj", "eq", "er"),
        ("pyjj", "oq", "er"),
    ],
)
def test_code_is_accepted_for_the_syllable(name: str, code: str, syllable: str | None) -> None:
    assert built_in_scheme(name).syllables.get(code) == syllable


@pytest.mark.parametrize(
    ("name", "extra"),
    [(name, {";"} if name in {"mspy", "sogou", "ziguang"} else set()) for name in NAMES],
)
def test_keys_are_letters_and_the_semicolon_where_the_scheme_uses_it(
    name: str, extra: set[str]
) -> None:
    assert {key for key in built_in_scheme(name).keys if not key.isalpha()} == extra


def test_unknown_scheme_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SettingsError, match=r"'wubi'; choose one of abc, flypy, mspy"):
        built_in_scheme("wubi")


# --- Expansion --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "keys", "letters"),
    [
        ("flypy", "", ""),
        ("flypy", "nihc", "ni'hao"),
        ("flypy", "v", "zh"),
        ("flypy", "nihcu", "ni'hao'sh"),
        ("flypy", "xm", "xian"),
        ("flypy", "xi'an", "xi'an"),
        ("flypy", "x'm", "x'm"),
        ("flypy", "vivi", "zhi'zhi"),
        ("flypy", "bl", "b'l"),
        ("flypy", "blni", "b'l'ni"),
        ("flypy", "ni'", "ni'"),
        ("flypy", "'ni", "'ni"),
        ("flypy", "Xni", "Xni"),
        ("flypy", "nXni", "n'Xni"),
        ("flypy", "nXXni", "n'XX'ni"),
        ("flypy", ";", ";"),
        ("mspy", "x;", "xing"),
        ("mspy", ";x", ";'x"),
        ("abc", "a", "zh"),
        ("abc", "oa", "a"),
        ("sogou", "o", "o"),
    ],
)
def test_keys_are_written_out_in_full(name: str, keys: str, letters: str) -> None:
    assert built_in_scheme(name).expand(keys).letters == letters


@given(SYLLABLE_LISTS, ANY_SCHEME)
def test_codes_are_written_out_as_their_syllables(syllables: str, scheme: Scheme) -> None:
    expanded = scheme.expand("".join(scheme.codes[syllable] for syllable in syllables))
    assert expanded.letters == "'".join(syllables)
    at = 0
    for place, syllable in enumerate(syllables):
        end = at + len(syllable)
        assert expanded.to_keys(at, end) == (2 * place, 2 * place + 2)
        at = end  # an edge holds the delimiter in front of it
        assert expanded.letters[at : at + 1] in {"'", ""}
        if place + 1 < len(syllables):
            assert expanded.to_keys(at, at + 1) == (2 * place + 2, 2 * place + 2)
            at += 1


@given(KEYS, ANY_SCHEME)
def test_offsets_lead_every_letter_back_to_the_keys_in_order(keys: str, scheme: Scheme) -> None:
    expanded = scheme.expand(keys)
    assert len(expanded.offsets) == len(expanded.letters) + 1
    assert list(expanded.offsets) == sorted(expanded.offsets)
    assert expanded.offsets[-1] == len(keys)
    assert expanded.offsets[0] == 0


@given(KEYS, ANY_SCHEME)
def test_another_key_changes_no_more_than_the_last_syllable(keys: str, scheme: Scheme) -> None:
    before = scheme.expand(keys[:-1])
    after = scheme.expand(keys).letters
    last = before.offsets[-2] if before.letters else 0
    assert after.startswith(before.letters[: before.offsets.index(last)])


@given(SYLLABLE_LISTS.filter(bool), ANY_SCHEME)
def test_graph_of_the_letters_has_one_path_through_all_codes(
    syllables: str, scheme: Scheme
) -> None:
    letters = scheme.expand("".join(scheme.codes[s] for s in syllables)).letters
    graph = build_graph(letters, UNDIVIDED)
    exact = [
        [edge.syllables for edge in path]
        for path in graph.paths()
        if all(edge.kind is EdgeKind.EXACT for edge in path)
    ]
    assert graph.reach == len(letters)
    assert exact == [[(syllable,) for syllable in syllables]]


def test_first_key_of_a_syllable_stands_for_its_initial() -> None:
    expanded = built_in_scheme("flypy").expand("niv")
    (edge,) = UNDIVIDED.edges_into(expanded.letters, len(expanded.letters), last=True)
    assert edge.kind is EdgeKind.ABBREVIATION
    assert set(edge.syllables) == {s for s in SYLLABLES if s.startswith("zh")}
    assert expanded.to_keys(edge.start, edge.end) == (2, 3)


def test_two_keys_of_a_syllable_leave_nothing_to_complete() -> None:
    edges = build_graph(built_in_scheme("flypy").expand("xi").letters, UNDIVIDED).edges
    assert [edge.syllables for edge in edges if edge.end == 2] == [("xi",)]


def test_first_key_is_completed_where_abbreviation_is_off() -> None:
    options = GraphOptions(abbreviation=False, undivided=True)
    (edge,) = build_graph("zh", options).edges
    assert edge.kind is EdgeKind.COMPLETION


@pytest.mark.parametrize("keys", ["aaaa" * 50, "nnnn" * 50, ";;;;" * 50, "bl" * 100])
def test_held_keys_are_written_out_in_proportion(keys: str) -> None:
    scheme: Scheme = built_in_scheme("mspy")
    assert len(scheme.expand(keys).letters) <= 4 * len(keys)


@given(scheme=ANY_SCHEME, keys=KEYS)
def test_pieces_cover_the_keys_as_they_are_written_out(scheme: Scheme, keys: str) -> None:
    pieces = list(scheme.pieces(keys))
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces)][:-1]
    assert not pieces or pieces[-1].end == len(keys)
    written = "".join(piece.letters for piece in pieces)
    assert written.replace("'", "") == scheme.expand(keys).letters.replace("'", "")


@pytest.mark.parametrize(
    ("name", "keys", "completes"),
    [
        ("mspy", "x", True),
        ("mspy", "nix", True),
        ("mspy", "ni", False),  # there ; is the mark
        ("mspy", "", False),
        ("mspy", "ni'", False),
        ("mspy", "vvx", True),
        ("flypy", "x", False),
    ],
)
def test_semicolon_belongs_to_a_key_that_waits_for_it(
    name: str, keys: str, completes: bool
) -> None:
    assert built_in_scheme(name).completes(keys, ";") == completes


def test_no_edge_ends_within_a_syllable() -> None:
    """Two keys are one syllable: of xian no xi is offered."""
    graph = build_graph("xian'n", UNDIVIDED)
    assert {(edge.start, edge.end) for edge in graph.edges} == {(0, 4), (4, 6)}


@pytest.mark.parametrize(
    ("keys", "letters"),
    [
        ("woquKTVla", "wo'qu'KTV'la"),
        ("Python", "Python"),
        ("woysGPT-4xp", "wo'yong'GPT-4'xie"),
        ("A4vi", "A4'zhi"),
    ],
)
def test_names_stay_in_one_piece(keys: str, letters: str) -> None:
    expanded = built_in_scheme("flypy").expand(keys)
    assert expanded.letters == letters
    for offset, letter in enumerate(expanded.letters):
        if letter.isupper() or letter.isdigit():
            assert keys[expanded.offsets[offset]] == letter


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_eng_means_en(name: str) -> None:
    scheme = built_in_scheme(name)
    assert "eng" not in scheme.codes
    assert sum(syllable == "en" for syllable in scheme.syllables.values()) >= 2
