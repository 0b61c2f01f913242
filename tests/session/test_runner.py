"""The synchronous runner carries out every effect, in order, before it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from ime.ports import Converter
from ime.session.events import CandidatePicked, CommitText, Convert, Learn, Prepare
from ime.session.keys import KeyEvent
from ime.session.rewriters import rewrite
from ime.session.runner import SyncRunner
from ime.session.state import SessionOptions
from ime.values import CandidateList, DecodeRequest, LeftContext
from tests.fakes import FakeConverter


class MuteConverter(FakeConverter):
    """Never answers."""

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList | None:
        return None


@pytest.fixture
def converter() -> FakeConverter:
    return FakeConverter()


def test_the_fake_satisfies_the_port(converter: FakeConverter) -> None:
    port: Converter = converter
    listed = port.convert(DecodeRequest(4, LeftContext(), "nihao"))
    assert listed is not None
    assert (listed.revision, listed.raw, listed.items[0].text) == (4, "nihao", "你好")
    assert port.convert(DecodeRequest(4, LeftContext(), "nihao")) == listed
    assert port.convert(DecodeRequest(4, LeftContext(), "nihao"), lambda: True) is None


def test_keys_become_text(converter: FakeConverter) -> None:
    runner = SyncRunner(converter)
    runner.type("nihao,shijie!")
    assert runner.committed == "你好，世界！"


def test_every_letter_is_answered_before_feed_returns(converter: FakeConverter) -> None:
    runner = SyncRunner(converter)
    for event in map(KeyEvent.parse, "nihao"):
        (effect,) = runner.feed(event)
        assert isinstance(effect, Convert)
        assert runner.state.list_is_current


def test_feed_returns_all_that_was_carried_out(converter: FakeConverter) -> None:
    runner = SyncRunner(converter)
    runner.type("nihaoshi")
    done = runner.feed(KeyEvent.parse("Space"))
    assert [type(effect) for effect in done] == [CommitText, Learn, Prepare]
    assert [commit.text for commit in converter.learned.values()] == ["你好是"]


def test_a_mark_follows_all_letters_though_it_needs_several_lists(
    converter: FakeConverter,
) -> None:
    runner = SyncRunner(converter)
    runner.type("nihaoshijie")
    runner.press("Tab Tab Tab comma")
    assert runner.committed == "你好事界，"
    assert [s.chosen for s in converter.learned[1].selections] == ["你", "好事界"]


def test_backspace_retracts_from_the_converter(converter: FakeConverter) -> None:
    runner = SyncRunner(converter)
    runner.type("beijing2")
    assert list(converter.learned) == [1]
    runner.press("BackSpace")
    assert converter.learned == {}
    assert runner.committed == "背"


def test_reset_starts_behind_a_context(converter: FakeConverter) -> None:
    runner = SyncRunner(converter, SessionOptions(page_size=9))
    runner.type("ni")
    runner.press("Space")
    runner.type("wo")
    runner.reset(LeftContext("甲“乙"))
    assert runner.committed == ""
    assert not runner.state.composing
    assert runner.state.options.page_size == 9
    assert converter.contexts[-1] == LeftContext("甲“乙")
    runner.type('"ni ')
    assert runner.committed == "”你"
    assert list(converter.learned) == [1, 3]  # ids go on


def test_a_converter_that_never_answers_loses_no_letter() -> None:
    runner = SyncRunner(MuteConverter())
    runner.type("nihao ")
    runner.type("wo,ni3")
    runner.press("Enter")
    assert runner.committed == "nihaowo，ni"


def test_the_rewriter_sees_every_list(converter: FakeConverter) -> None:
    now = datetime(2026, 3, 5)
    runner = SyncRunner(converter, rewriter=lambda listed: rewrite(listed, now))
    runner.type("rq")
    runner.press("Space")
    assert runner.committed == "2026年3月5日"
    assert converter.learned == {}


def test_the_rewriters_list_is_what_a_click_takes(converter: FakeConverter) -> None:
    runner = SyncRunner(
        converter, rewriter=lambda listed: replace(listed, items=listed.items[::-1])
    )
    runner.type("wo")
    runner.feed(CandidatePicked(0))
    assert runner.committed == "握"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("e Space", "e"),
        ("1 Space Tab Enter BackSpace", "1 \t"),
        ("Control+a Left", ""),
        ("BackSpace", ""),
        ("period BackSpace", "."),
    ],
)
def test_the_editor_takes_the_keys_it_is_left(
    converter: FakeConverter, keys: str, text: str
) -> None:
    runner = SyncRunner(converter)
    runner.press(keys)
    assert runner.committed == text
