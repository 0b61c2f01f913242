"""Names with their dot beside the hanzi, alone and inside a sentence."""

from __future__ import annotations

import pytest

from ime.convert.dotted_candidates import with_dotted_names
from ime.lexicon.dotted_names import DottedNames
from ime.values import Candidate, CandidateList, Source

NAMES = DottedNames(["比尔·盖茨", "列夫·", "·托尔斯泰", "裘德·洛"])
READ = {
    "迪丽热巴迪力木拉提来了": "di li re ba di li mu la ti lai le",
    "比尔盖茨说": "bi er gai ci shuo",
    "我见到了比尔盖茨": "wo jian dao le bi er gai ci",
    "列夫托尔斯泰": "lie fu tuo er si tai",
    "列夫托尔斯泰说": "lie fu tuo er si tai shuo",
    "裘德洛来了": "qiu de luo lai le",
    "今天天气很好": "jin tian tian qi hen hao",
}


def listed(*texts: str, end: int = 9) -> CandidateList:
    items = (
        Candidate(text, tuple(READ.get(text, "").split()), end, Source.SENTENCE)
        for text in texts
    )
    return CandidateList(0, "a" * 9, tuple(items))


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ("列夫托尔斯泰", "列夫·托尔斯泰"),
        ("比尔盖茨说", "比尔·盖茨说"),
        ("我见到了比尔盖茨", "我见到了比尔·盖茨"),
        ("迪丽热巴迪力木拉提来了", "迪丽热巴·迪力木拉提来了"),
    ],
)
def test_the_form_with_a_dot_stands_right_behind(text: str, dotted: str) -> None:
    found = with_dotted_names(listed(text, "别的"), NAMES)
    assert [item.text for item in found.items] == [text, dotted, "别的"]
    assert found.items[1].end == 9


@pytest.mark.parametrize(
    "text",
    [
        "今天天气很好",
        "列夫托尔斯泰说",  # two parts that were never seen together, inside a sentence
        "裘德洛来了",  # nor do three hanzi
    ],
)
def test_other_sentences_are_left_alone(text: str) -> None:
    assert with_dotted_names(listed(text), NAMES) == listed(text)


def test_only_the_first_sentence_and_the_whole_input_count() -> None:
    for each in (listed("别的", "比尔盖茨说"), listed("比尔盖茨说", end=5)):
        assert with_dotted_names(each, NAMES) == each


def test_a_dot_that_is_there_is_not_put_twice() -> None:
    each = listed("比尔盖茨", "比尔·盖茨")
    assert with_dotted_names(each, NAMES) == each
