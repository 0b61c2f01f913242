"""Digits and marks behind small letters: theirs, a choice, or the end of the composition."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ime.session.events import Learn
from ime.session.keys import KeyEvent
from ime.session.runner import SyncRunner
from ime.values import Candidate, CandidateList, DecodeRequest, Source
from tests.session.desk import EchoConverter, of_kind


class Letters(EchoConverter):
    """Letters first, as of a known word, then hanzi."""

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList:
        raw = request.raw
        items = (
            Candidate(raw.capitalize(), (), len(raw), Source.LITERAL),
            Candidate("特使", ("te", "shi"), len(raw), Source.WORD),
        )
        return CandidateList(request.revision, raw, items, ((0, len(raw)),))


@pytest.mark.parametrize(
    ("keys", "painted"),
    [
        ("test1", ["test1"]),
        ("test2", ["test2", "特使"]),
        ("test9", ["test9"]),
        ("test0", ["test0"]),
        ("test22", ["test22"]),
        ("test-2", ["test-2"]),
        ("test+2", ["test+2"]),
    ],
)
def test_known_letters_take_digits_and_what_they_displace_is_second(
    keys: str, painted: list[str]
) -> None:
    runner = SyncRunner(Letters())
    runner.type(keys)
    page = runner.state.page
    assert ([item.text for item in page.items] if page else [runner.committed]) == painted


def test_what_a_digit_displaced_is_chosen_and_teaches_nothing() -> None:
    runner = SyncRunner(Letters())
    runner.type("test2")
    runner.press("Tab")
    effects = runner.feed(KeyEvent.parse("Space"))
    assert runner.committed == "特使"
    assert not of_kind([*effects], Learn)


class Hanzi(EchoConverter):
    """Hanzi for all letters."""

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList:
        raw = request.raw
        items = (Candidate("汉字", ("han", "zi"), len(raw), Source.WORD),)
        return CandidateList(request.revision, raw, items, ((0, len(raw)),))


@pytest.mark.parametrize("ending", ["com", "net", "org", "edu", "gov"])
def test_space_takes_a_domain_whose_ending_begins_no_sentence(ending: str) -> None:
    runner = SyncRunner(Hanzi())
    runner.type(f"baidu.{ending}")
    runner.press("Space")
    assert runner.committed == f"baidu.{ending}"


@pytest.mark.parametrize("ending", ["cn", "py", "app", "json", "ai"])
def test_other_endings_may_begin_a_sentence(ending: str) -> None:
    runner = SyncRunner(Hanzi())
    runner.type(f"baidu.{ending}")
    assert runner.state.page is not None
    assert [item.text for item in runner.state.page.items][:2] == ["汉字", f"baidu.{ending}"]


@pytest.mark.parametrize("keys", ["utf8", "utf1", "ipv6", "vim-2", "usb3", "i18n", "u-1"])
def test_what_begins_as_no_syllable_takes_digits(keys: str) -> None:
    runner = SyncRunner(Hanzi())
    runner.type(keys)
    runner.press("Space")
    assert runner.committed == keys


@pytest.mark.parametrize("letters", ["haio", "nihao", "zhogn", "ks", "mp", "win"])
def test_pinyin_and_its_slips_are_chosen_by_digits(letters: str) -> None:
    runner = SyncRunner(Hanzi())
    runner.type(letters + "1")
    assert runner.committed == "汉字"


@pytest.mark.parametrize("keys", ["os.path", "np.linalg.norm", "self.name"])
def test_words_that_full_stops_join_are_offered_whole(keys: str) -> None:
    runner = SyncRunner(Letters())
    runner.type(keys)
    assert runner.state.page is not None
    assert runner.state.page.items[1].text == keys
    runner.press("2")
    assert runner.committed == keys


def test_hanzi_behind_a_sentence_offer_no_name() -> None:
    runner = SyncRunner(Hanzi())
    runner.type("nihao.women")
    assert runner.state.page is not None
    assert [item.text for item in runner.state.page.items] == ["汉字"]
