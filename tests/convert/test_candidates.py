"""What the candidate list holds, and in which order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ime.convert.candidates import FIRST_CHARACTERS, LIKELY_CHARACTERS
from ime.convert.converter import ConverterOptions
from ime.convert.search import SearchOptions
from ime.decode.opening import OpenedConverter
from ime.learn.choices import Choice
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import GraphOptions
from ime.ports import FloatArray
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Selection,
    Source,
)
from tests.fakes import TABLE_TOKENS, TableModel, write_lexicon

WORDS = (
    ("西安", "xi an", 90),
    ("系按", "xi an", 5),
    ("西线", "xi xian", 20),
    ("先年", "xian nian", 10),
    ("西安年", "xi an nian", 8),
    ("按你先", "an ni xian", 7),
    ("见系", "jian xi", 6),
    # Spelled by letters of the table, with characters that are none of its tokens.
    ("夕庵", "xi an", 3),
    ("先那年见", "xian na nian jian", 2),
)
MANY = tuple((f"线{chr(0x4E00 + i)}", "xian xi", 100 - i) for i in range(60))
"""Sixty homophones of two syllables."""


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), WORDS + MANY))


Make = Callable[..., OpenedConverter]


@pytest.fixture(scope="module")
def make(lexicon: Lexicon) -> Make:
    """Makes a converter of a drawn table and the words above."""

    def converter(
        seed: int = 1, graph: GraphOptions | None = None, search: SearchOptions | None = None
    ) -> OpenedConverter:
        options = ConverterOptions(graph or GraphOptions(), search or SearchOptions())
        return OpenedConverter(TableModel.drawn(seed), lexicon, options)

    return converter


def listed(converter: OpenedConverter, raw: str, context: str = "") -> CandidateList:
    answer = converter.convert(DecodeRequest(7, LeftContext(context), raw))
    assert answer is not None
    return answer


def texts(found: CandidateList) -> list[str]:
    return [item.text for item in found.items]


def selection(text: str, reading: str, raw: str = "", context: str = "") -> Selection:
    syllables = tuple(reading.split())
    raw = raw or "".join(syllables)
    return Selection(LeftContext(context), raw, syllables, (), text, 1, How.DIGIT)


def characters(syllable: str) -> set[str]:
    return {text for text, reading in TABLE_TOKENS if reading == syllable}


# --- order ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_words_go_before_characters_and_longer_ones_first(make: Make, seed: int) -> None:
    found = listed(make(seed), "xiannianxi")
    ends = [item.end for item in found.items]
    assert ends[0] == 10
    words = [item for item in found.items if len(item.text) > 1]
    runs = [[*run] for _, run in groupby(found.items, key=lambda item: min(2, len(item.text)))]
    assert len(runs) in (2, 4, 6)  # likely ones, those on a hypothesis, all others
    for run in runs[::2]:
        ends = [item.end for item in run]
        assert ends == sorted(ends, reverse=True)
    few = (LIKELY_CHARACTERS, FIRST_CHARACTERS)
    assert all(len(run) <= most for run, most in zip(runs[1:-1:2], few, strict=False))
    assert "先年" in [item.text for item in words]
    assert {item.end for item in words if item.text == "西安"} == {4}
    assert {item.end for item in words if item.text == "西安年"} == {8}


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_ranked_by_score(make: Make, seed: int) -> None:
    found = listed(make(seed), "xianxian")
    for end in {item.end for item in found.items}:
        group = [item.score for item in found.items if item.end == end and len(item.text) > 1]
        best = [score for score in group if score > group[0] - 9.0]
        assert best == sorted(best, reverse=True)


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        ("xianan", {"先": 4, "线": 4, "见": 4, "西": 2, "系": 2}),
        ("xi'an", {"西": 2, "系": 2}),
        ("xian", {"先": 4, "线": 4, "见": 4, "西": 2, "系": 2}),
        ("xi", {"西": 2, "系": 2}),
        ("xi'", {"西": 3, "系": 3}),
        ("xi''", {"西": 4, "系": 4}),
        ("'xi'an", {"西": 3, "系": 3}),
        ("an", {"安": 2, "按": 2, "啊": 1}),
    ],
)
def test_every_character_of_the_first_syllable_is_there_with_its_end(
    make: Make, raw: str, first: dict[str, int]
) -> None:
    found = listed(make(), raw)
    singles = {item.text: item.end for item in found.items if len(item.text) == 1}
    assert {text: singles.get(text) for text in first} == first


def test_character_keeps_the_spelling_that_it_is_read_by(lexicon: Lexicon) -> None:
    """西 is no xian, but a tag may be wrong: that must not hide it behind xi."""
    model = TableModel.drawn(1, (*TABLE_TOKENS, ("西", "xian")))
    found = listed(OpenedConverter(model, lexicon), "xianian")
    ends = {item.text: item.end for item in found.items if len(item.text) == 1}
    assert ends["系"] == 2
    assert ends["见"] == 4  # read xian, too
    wrong = TableModel.drawn(1, tuple(p for p in TABLE_TOKENS if p != ("见", "xian")))
    misread = listed(OpenedConverter(wrong, lexicon), "jianxian")
    assert {item.text: item.end for item in misread.items}["见"] == 4


def test_misread_characters_come_last(lexicon: Lexicon) -> None:
    pairs = (("先", "xian"), ("先", "xi"), ("西", "xi"), ("西", "xian"), ("安", "an"))
    found = listed(OpenedConverter(TableModel.drawn(4, pairs), lexicon), "xian'an")
    singles = [(item.text, item.end) for item in found.items if len(item.text) == 1]
    assert sorted(singles) == [("先", 4), ("西", 4)]


@pytest.mark.parametrize("raw", ["xian", "xiannian", "xi'an", "n", "xn", "xianxi", "anvan"])
def test_no_text_is_there_twice(make: Make, raw: str) -> None:
    found = texts(listed(make(), raw))
    assert len(found) == len(set(found))


def test_every_homophone_of_a_short_word_is_there(make: Make) -> None:
    """Those that the beam had beyond its tenth path were once left out."""
    for search in (None, SearchOptions(beam=64)):
        found = texts(listed(make(2, search=search), "xianxi"))
        assert {text for text, _, _ in MANY} <= set(found)


def test_words_that_the_beam_has_beyond_its_best_are_kept(tmp_path: Path) -> None:
    """Twenty equal characters a syllable: the beam keeps 16 of 400 pairs, ten are listed."""
    pairs = [(chr(0x4E00 + i), "xi") for i in range(20)]
    pairs += [(chr(0x5E00 + i), "an") for i in range(20)]
    flat = np.full((41, 40), -math.log(40), np.float32)
    flat[:, 19] = flat[:, 39] = -math.log(400)
    words = [
        (pairs[i][0] + pairs[20 + j][0], "xi an", 9) for i in range(20) for j in (0, 5, 19)
    ]
    lexicon = Lexicon(write_lexicon(tmp_path, words))
    found = listed(OpenedConverter(TableModel(flat, pairs), lexicon), "xi'an")
    assert {text for text, _, _ in words} <= set(texts(found))


# --- ends, spans, readings ------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=st.text("xianj'v", min_size=1, max_size=9), seed=st.integers(0, 20))
def test_candidates_and_spans_fit_their_letters(make: Make, raw: str, seed: int) -> None:
    found = listed(make(seed), raw)
    assert (found.revision, found.raw) == (7, raw)
    if not found.items:
        assert not found.spans
        return
    assert found.spans[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(found.spans))
    reach = found.spans[-1][1]
    assert found.items[0].end == reach
    for item in found.items:
        assert 0 < item.end <= reach
        assert len(item.syllables) == len(item.text)
        # Every syllable has a letter of its own, and begins with it: no fuzzy sounds here.
        letters = raw[: item.end].replace("'", "")
        assert len(item.syllables) <= len(letters)
        assert item.source in (Source.SENTENCE, Source.WORD, Source.CHARACTER)


def test_words_are_weighed_in_one_go_as_each_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty homophones once cost sixty looks into the lexicon at one key."""
    converter = make()
    search = converter._search
    gains = search.input_gain
    asked: list[int] = []

    def one_by_one(texts: Sequence[Sequence[int]]) -> FloatArray:
        asked.append(len(texts))
        return np.concatenate([gains([text]) for text in texts])

    monkeypatch.setattr(search, "input_gain", one_by_one)
    alone = listed(converter, "xianxi").items
    assert len(asked) == 2, "the beam's paths, then all words"
    assert max(asked) >= len(MANY)
    found = listed(make(), "xianxi").items
    assert [item.text for item in found] == [item.text for item in alone]
    assert [item.score for item in found] == pytest.approx([item.score for item in alone])


@pytest.mark.parametrize("raw", ["xi'an'", "xian'", "xiannian''"])
def test_trailing_delimiter_is_used_up_by_whole_candidates(make: Make, raw: str) -> None:
    found = listed(make(), raw)
    assert found.items[0].end == len(raw)
    assert found.spans[-1][1] == len(raw)


@pytest.mark.parametrize(
    ("raw", "reach"), [("xiannianvvv", 8), ("xi'anV", 5), ("xian3an", 4), ("xian\0", 4)]
)
def test_letters_that_spell_nothing_leave_the_sentence_before_them(
    make: Make, raw: str, reach: int
) -> None:
    """They once took every conversion away that was no word."""
    found, clean = listed(make(), raw), listed(make(), raw[:reach])
    assert found.items[0].end == reach
    inside = [item.text for item in clean.items if item.end == reach]
    assert found.items[0].text in inside
    assert found.spans[-1][1] == reach


@pytest.mark.parametrize("raw", ["v", "uuu", "'", "'''", "V", "你", "\0", "\ud800", "hao"])
def test_letters_that_spell_nothing_have_no_candidates(make: Make, raw: str) -> None:
    found = listed(make(), raw)
    assert found.items == ()
    assert found.spans == ()


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "word", "end"),
    [
        ("xa", "西安", 2),
        ("xan", "西安", 3),
        ("xia", "西安", 3),
        ("xann", "西安年", 4),
        ("xn", "先年", 2),
        ("ann'x", "按你先", 5),
        ("xnnj", "先那年见", 4),
        ("xiann", "先年", 5),
        ("xiannianx", "先年", 8),
        ("jx", "见系", 2),
    ],
)
def test_word_is_found_by_initials_and_beginnings(
    make: Make, raw: str, word: str, end: int
) -> None:
    ends = {item.text: item.end for item in listed(make(), raw).items}
    assert ends.get(word) == end


def test_word_with_a_character_that_is_no_token_is_listed_behind(make: Make) -> None:
    found = texts(listed(make(), "xi'an"))
    assert "夕庵" in found
    assert found.index("夕庵") > found.index("西安")


def test_word_spelled_in_full_does_not_eat_letters_as_a_slip(make: Make) -> None:
    graph = GraphOptions(correction=True)
    for raw in ("xianannian", "xiannnian", "xianxxian"):
        found = listed(make(3, graph), raw)
        spelled = {item.text: item.end for item in found.items if len(item.text) == 2}
        assert spelled.get("西安", 4) == 4
        assert spelled.get("系按", 4) == 4


# --- what the user chose -------------------------------------------------------------------


def test_word_of_the_users_own_is_offered_for_its_reading(make: Make) -> None:
    converter = make()
    word = "啊系你见按"  # of 78,000 paths it is one of the worst
    assert word not in texts(listed(converter, "axinijianan"))
    for commit in (1, 2, 3):
        converter.learn(Commit(commit, word, (), (selection(word, "a xi ni jian an"),)))
    for raw in ("axinijianan", "axinijiananxian"):
        found = {item.text: item for item in listed(converter, raw).items}
        assert found[word].end == 11
        assert found[word].source is Source.USER


@pytest.mark.parametrize("raw", ["xian", "xianxi", "xianxiannian"])
def test_one_choice_of_a_character_does_not_lead_the_characters(
    lexicon: Lexicon, raw: str
) -> None:
    """It once did wherever letters followed the syllable."""
    table = np.full((14, 13), math.log(0.01), np.float32)
    names = [text for text, _ in TABLE_TOKENS]
    table[:, names.index("先")] = math.log(0.9)

    def order(converter: OpenedConverter) -> list[str]:
        return [text for text in texts(listed(converter, raw)) if text in ("先", "线")]

    converter = OpenedConverter(TableModel(table), lexicon)
    assert order(converter) == ["先", "线"]
    converter.learn(Commit(1, "线", ("xian",), (selection("线", "xian"),)))
    assert order(converter) == ["先", "线"]
    for commit in range(2, 6):
        converter.learn(Commit(commit, "线", ("xian",), (selection("线", "xian"),)))
    assert order(converter) == ["线", "先"]


def test_choice_under_another_reading_does_not_push_a_word_down(make: Make) -> None:
    """A text found by one reading was once replaced by what was chosen for another."""
    converter = make()
    before = {item.text: item.score for item in listed(converter, "xian").items}
    converter.learned.words.add(("xian",), Choice("西安"))  # odd, but the log may hold it
    after = {item.text: item.score for item in listed(converter, "xian").items}
    assert after["西安"] == pytest.approx(before["西安"])


# --- kept prefixes -------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(keys=st.text("xianj'v<", min_size=1, max_size=14), seed=st.integers(0, 20))
def test_list_after_typing_and_deleting_equals_a_fresh_one(
    make: Make, keys: str, seed: int
) -> None:
    typed = make(seed)
    raw = ""
    for key in keys:
        raw = raw[:-1] if key == "<" else raw + key
        found = listed(typed, raw)
    assert found == listed(make(seed), raw)


def test_list_follows_the_context(make: Make) -> None:
    typed = make()
    for context in ("", "西", "安", "西", ""):
        assert listed(typed, "xianxi", context) == listed(make(), "xianxi", context)


def test_learned_words_reach_prefixes_that_were_kept(make: Make) -> None:
    converter = make()
    listed(converter, "anxijianxian")
    converter.learn(Commit(1, "按西见", (), (selection("按西见", "an xi jian"),)))
    found = {item.text: item for item in listed(converter, "anxijianxian").items}
    assert found["按西见"] == Candidate(
        "按西见", ("an", "xi", "jian"), 8, Source.USER, found["按西见"].score
    )
    converter.retract(1)
    assert "按西见" not in texts(listed(converter, "anxijianxian"))
