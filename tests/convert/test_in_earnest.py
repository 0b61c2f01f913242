"""Exact before fuzzy, before unfinished and abbreviated, before slips, in short inputs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ime.backend.opening import open_by_settings
from ime.backend.options import converter_options
from ime.convert.score.formula import (
    in_earnest,
    lost_letters_behind,
    slips_behind_initials,
)
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.pinyin import rules
from ime.pinyin.graph import EdgeKind, FuzzyPair
from ime.pinyin.inventory import COLLOQUIAL_BY_TYPED, SYLLABLES
from ime.settings import ModelSettings, Settings, TypingSettings
from ime.values import Candidate, DecodeRequest, LeftContext

ASSETS = Path(__file__).parents[2] / "assets"
SETTINGS = Settings(model=ModelSettings(tier="ngram"))

# Syllables of characters that the training text has by other readings alone, 哼, 咯, 剋, or as
# good as never, 扽. A lone m begins what is meant.
WITHOUT_CHARACTER = frozenset({"hng", "lo", "kei", "den", "m"})
COMMON = 2_000  # times that the training text has a word


# --- the rule ---------------------------------------------------------------------------------


def earnest(scores: Sequence[float], kinds: Sequence[EdgeKind], syllables: int) -> list[float]:
    led = [False] * len(scores)
    priced = in_earnest(np.array(scores, np.float32), kinds, led, syllables)
    return [round(float(score), 2) for score in priced]


@pytest.mark.parametrize(
    "kind", [EdgeKind.CORRECTION, EdgeKind.COMPLETION, EdgeKind.ABBREVIATION]
)
@pytest.mark.parametrize("syllables", [1, 2])
def test_what_is_not_spelled_in_full_pays(kind: EdgeKind, syllables: int) -> None:
    priced = earnest([-10.0, -12.0], [EdgeKind.EXACT, kind], syllables)
    assert priced == [-10.0, round(-12.0 - rules.INEXACT / syllables, 2)]


def test_fuzzy_sounds_pay_nothing_but_stay_behind() -> None:
    kinds = [EdgeKind.FUZZY, EdgeKind.EXACT, EdgeKind.FUZZY, EdgeKind.FUZZY]
    priced = earnest([-8.0, -10.0, -11.0, -9.0], kinds, 1)
    assert priced == [-10.01, -10.0, -11.0, -10.02]


def test_what_the_context_says_loudly_enough_goes_first() -> None:
    kinds = [EdgeKind.FUZZY, EdgeKind.EXACT]
    assert earnest([-2.0, -2.1 - rules.EARNEST], kinds, 1)[0] == -2.0
    assert earnest([-2.0, -1.9 - rules.EARNEST / 2], kinds, 2)[0] < -2.0
    assert earnest([-2.0, -2.1 - rules.EARNEST / 2], kinds, 2)[0] == -2.0


def test_sentences_and_inputs_without_a_text_in_full_are_left_alone() -> None:
    scores, fuzzy = [-8.0, -10.0], [EdgeKind.FUZZY, EdgeKind.EXACT]
    assert earnest(scores, fuzzy, rules.EARNEST_SYLLABLES + 1) == scores
    assert earnest(scores, [EdgeKind.FUZZY, EdgeKind.CORRECTION], 1) == scores


def test_words_of_the_users_own_keep_their_place() -> None:
    scores = np.array([-8.0, -10.0], np.float32)
    kinds = [EdgeKind.FUZZY, EdgeKind.EXACT]
    assert in_earnest(scores, kinds, [True, False], 1).tolist() == [-8.0, -10.0]


@pytest.mark.parametrize(
    ("slip", "exact", "first"),
    [
        (-20.0, -22.0, "exact"),
        (-20.0, -20.1 - rules.FIRST_LETTER, "slip"),
        (-20.0, -19.0, "exact"),
        (4 * rules.GOOD - 1.0, 4 * rules.GOOD - 2.0, "slip"),  # what is in full says nothing
    ],
)
def test_a_lost_first_letter_has_to_be_much_likelier(
    slip: float, exact: float, first: str
) -> None:
    scores = np.array([slip, exact], np.float32)
    priced = lost_letters_behind(scores, scores[1:], [True, False], 4)
    assert ("slip", "exact")[int(priced.argmax())] == first
    assert float(priced[1]) == float(scores[1])


def test_other_texts_of_a_sentence_keep_their_scores() -> None:
    scores = np.array([-20.0, -20.5, -21.0], np.float32)
    priced = lost_letters_behind(scores, scores[2:], [False, True, False], 4)
    assert priced.tolist() == [-20.0, pytest.approx(-21.015), -21.0]


# --- the shipped words ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened() -> OpenedConverter:
    return open_by_settings(SETTINGS)


def listed(
    opened: OpenedConverter, raw: str, *, fuzzy: bool = False, context: str = ""
) -> tuple[Candidate, ...]:
    options = converter_options(SETTINGS)
    pairs = frozenset(FuzzyPair) if fuzzy else frozenset()
    opened.set_options(replace(options, graph=replace(options.graph, fuzzy=pairs)))
    found = opened.convert(DecodeRequest(0, LeftContext(context), raw))
    assert found is not None
    return found.items


def reads(item: Candidate, raw: str) -> bool:
    """Whether letters spell a candidate in full."""
    spoken = {(each.char, each.syllable) for each in COLLOQUIAL_BY_TYPED.get(raw, ())}
    return "".join(item.syllables) == raw or (item.text, "".join(item.syllables)) in spoken


@pytest.mark.parametrize("fuzzy", [False, True], ids=["default", "all-fuzzy"])
def test_every_syllable_alone_gives_a_character_that_it_spells(
    opened: OpenedConverter, fuzzy: bool
) -> None:
    wrong = {
        raw: items[0].text
        for raw in sorted(SYLLABLES - WITHOUT_CHARACTER)
        if not reads((items := listed(opened, raw, fuzzy=fuzzy))[0], raw)
    }
    assert wrong == {}


@pytest.mark.parametrize("fuzzy", [False, True], ids=["default", "all-fuzzy"])
def test_words_of_two_syllables_are_spelled_in_full(
    opened: OpenedConverter, fuzzy: bool
) -> None:
    words = [w for w in Lexicon(ASSETS / "lexicon") if len(w.text) == 2 and w.count > COMMON]
    sample = random.Random(1).sample(words, 300)
    inputs = ["".join(word.syllables) for word in sample]
    wrong = {
        raw: items[0].text
        for raw in inputs
        if not reads((items := listed(opened, raw, fuzzy=fuzzy))[0], raw)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        ("shai", "晒"), ("nen", "嫩"), ("nou", "耨"), ("zuci", "组词"), ("benzi", "本子"),
        ("ga", "嘎"), ("shan", "山"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("fuzzy", [False, True], ids=["default", "all-fuzzy"])
def test_first_of_what_was_reported(
    opened: OpenedConverter, raw: str, first: str, fuzzy: bool
) -> None:
    assert listed(opened, raw, fuzzy=fuzzy)[0].text == first


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        ("woaibeijing", "我爱北京"), ("womenaibeijing", "我们爱北京"),
        ("woaishanghai", "我爱上海"), ("tamenaixuexi", "他们爱学习"),
        ("women'aishanghai", "我们爱上海"), ("tadeaiqing", "他的爱情"),
    ],
)  # fmt: skip
def test_a_sentence_in_full_stands_before_a_lost_first_letter(
    opened: OpenedConverter, raw: str, first: str
) -> None:
    assert listed(opened, raw)[0].text == first


def test_a_lost_first_letter_is_mended_where_nothing_else_makes_sense(
    opened: OpenedConverter,
) -> None:
    assert listed(opened, "bangwoanyixia")[0].text == "帮我看一下"


@pytest.mark.parametrize("raw", ["nv", "nu", "za", "shuan", "shai", "lin", "zhe", "fa", "nei"])
def test_characters_in_full_stand_before_slips(opened: OpenedConverter, raw: str) -> None:
    page = [item for item in listed(opened, raw) if len(item.text) == 1 and item.syllables][:2]
    assert [reads(item, raw) for item in page] == [True, True]


def test_a_fuzzy_sound_comes_right_behind(opened: OpenedConverter) -> None:
    texts = [item.text for item in listed(opened, "si", fuzzy=True) if item.syllables]
    assert texts[0] == "四"
    assert "是" in texts[:3]


# --- initials ---------------------------------------------------------------------------------


def test_slips_pay_beside_initials_unless_an_own_word_leads() -> None:
    kinds = [EdgeKind.ABBREVIATION, EdgeKind.CORRECTION, EdgeKind.CORRECTION]
    scores = np.array([-3.0, -1.0, -2.0], np.float32)
    priced = slips_behind_initials(scores, kinds, [False, False, True])
    assert priced.tolist() == [-3.0, -1.0 - rules.INEXACT, -2.0]


@pytest.fixture(scope="module")
def by_correction() -> dict[bool, OpenedConverter]:
    model = ModelSettings(tier="ngram")
    return {
        on: open_by_settings(Settings(typing=TypingSettings(correction=on), model=model))
        for on in (True, False)
    }


@pytest.mark.parametrize("raw", ["zgr", "bjdx", "gw", "zhg", "wmd", "ntm", "dsj", "xsx", "jtq"])
def test_letters_without_a_vowel_are_initials(
    by_correction: dict[bool, OpenedConverter], raw: str
) -> None:
    request = DecodeRequest(0, LeftContext(), raw)
    lists = [each.convert(request) for each in by_correction.values()]
    assert lists[0] is not None
    assert lists[1] is not None
    assert lists[0].items[0].text == lists[1].items[0].text
