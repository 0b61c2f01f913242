"""Shuangpin with the shipped n-gram, through the same session as the window's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ime.backend.opening import open_by_settings
from ime.backend.options import graph_options, session_options
from ime.decode.opening import OpenedConverter
from ime.errors import Message
from ime.session.events import Learn, SetMark
from ime.session.keys import Key, KeyEvent
from ime.session.rewriters import rewrite
from ime.session.runner import SyncRunner
from ime.settings import ModelSettings, Settings, TypingSettings
from ime.texts import catalogue
from ime.values import LeftContext

ASSETS = Path(__file__).parents[2] / "assets"
NOW = datetime(2026, 11, 22, 9, 30).astimezone()


def settings_of(scheme: str) -> Settings:
    return Settings(typing=TypingSettings(scheme=scheme), model=ModelSettings(tier="ngram"))


def runner_of(scheme: str) -> SyncRunner:
    settings = settings_of(scheme)
    converter = open_by_settings(settings)
    return SyncRunner(converter, session_options(settings), lambda found: rewrite(found, NOW))


@pytest.fixture(scope="module")
def opened() -> SyncRunner:
    return runner_of("flypy")


@pytest.fixture
def flypy(opened: SyncRunner) -> SyncRunner:
    opened.reset(LeftContext())
    return opened


def first(runner: SyncRunner) -> str:
    assert runner.state.page is not None
    return runner.state.page.items[0].text


@pytest.mark.parametrize(
    ("scheme", "keys"),
    [
        ("flypy", "mktmxxwukdhv"),
        ("ziranma", "mytmxwwuklhv"),
        ("mspy", "m;tmxwwuklhv"),
        ("sogou", "m;tmxwwuklhv"),
        ("abc", "mytwxdwuklhm"),
        ("ziguang", "m;tfxxwukphn"),
        ("pyjj", "mqtjxbwukshv"),
    ],
)
def test_keys_of_each_scheme_are_read_by_it(scheme: str, keys: str) -> None:
    runner = runner_of(scheme)
    runner.type(keys)
    assert runner.state.preedit.text == "ming tian xia wu kai hui"
    assert first(runner) == "明天下午开会"
    runner.press("Space")
    assert runner.committed == "明天下午开会"


def test_every_key_shows_what_it_stands_for(flypy: SyncRunner) -> None:
    painted = []
    for key in "nihcui":
        flypy.type(key)
        painted.append(flypy.state.preedit.text)
        assert flypy.state.page is not None
        assert flypy.state.page.items, "candidates never vanish within a syllable"
    assert painted == ["n", "ni", "ni h", "ni hao", "ni hao sh", "ni hao shi"]


def test_part_of_the_keys_is_chosen_and_the_rest_goes_on(flypy: SyncRunner) -> None:
    flypy.type("nihcuijp")
    assert flypy.state.candidates is not None
    ends = {item.end for item in flypy.state.candidates.items}
    assert {2, 4, 8} <= ends <= {2, 4, 6, 8}, "no candidate takes half a syllable"
    assert flypy.state.candidates.spans == ((0, 2), (2, 4), (4, 6), (6, 8))


def test_letters_within_a_syllable_are_no_syllables(flypy: SyncRunner) -> None:
    flypy.type("xm")
    assert flypy.state.candidates is not None
    items = flypy.state.candidates.items
    assert all(item.end == 2 and len(item.text) == 1 for item in items), "no 西安"
    assert {item.syllables for item in items[:20]} == {("xian",)}


def test_enter_gives_the_keys(flypy: SyncRunner) -> None:
    flypy.type("nihc")
    flypy.press("Enter")
    assert flypy.committed == "nihc"


def test_choices_are_logged_in_full_pinyin(flypy: SyncRunner) -> None:
    flypy.type("nihc")
    (learned,) = (e for e in flypy.feed(KeyEvent(Key.SPACE)) if isinstance(e, Learn))
    assert learned.commit.selections[0].raw == "ni'hao"
    assert learned.commit.selections[0].syllables == ("ni", "hao")


def test_mark_holds_for_the_reading_in_any_scheme(flypy: SyncRunner) -> None:
    flypy.type("nihc")
    effects = flypy.feed(KeyEvent.parse("Control+2"))
    (mark,) = (e.mark for e in effects if isinstance(e, SetMark))
    assert mark.letters == "nihao"
    assert first(flypy) == mark.text
    flypy.press("Control+1")


def test_syllable_is_no_date(flypy: SyncRunner) -> None:
    """sj asks for the time in full pinyin; here it is san."""
    flypy.type("sj")
    assert flypy.state.candidates is not None
    assert not [item for item in flypy.state.candidates.items if not item.syllables]
    assert first(flypy) in "三散"


def test_v_is_an_initial_and_digits_choose(flypy: SyncRunner) -> None:
    flypy.type("v1")
    assert len(flypy.committed) == 1
    assert flypy.committed != "1"


def test_whole_syllable_goes_with_control_backspace(flypy: SyncRunner) -> None:
    flypy.type("nihc")
    flypy.press("Control+BackSpace")
    assert flypy.state.composition.raw == "ni"


def test_semicolon_is_a_final_where_a_key_waits_for_it_and_a_mark_elsewhere() -> None:
    runner = runner_of("mspy")
    runner.type("xcx;")
    assert runner.state.preedit.text == "xiao xing"
    runner.type(";")
    assert runner.committed.endswith("；")
    assert len(runner.committed) == 3


def test_slips_of_full_pinyin_are_not_looked_for() -> None:
    options = graph_options(settings_of("flypy"))
    assert options.undivided
    assert not options.correction
    assert graph_options(settings_of("full")).correction


def test_scheme_that_cannot_be_used_is_told_and_full_pinyin_works() -> None:
    told: list[str | Message] = []
    settings = settings_of("xiaohe")
    converter = open_by_settings(settings, told.append)
    assert isinstance(converter, OpenedConverter)
    assert "xiaohe" in catalogue.told(told[0])
    runner = SyncRunner(converter, session_options(settings))
    runner.type("nihao")
    assert first(runner) == "你好"
