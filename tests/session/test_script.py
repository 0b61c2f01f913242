"""Traditional characters: painted and committed, never learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from ime.lexicon.phrases import Phrase, PhraseBook
from ime.lexicon.script import to_simplified, to_traditional
from ime.session.events import CommitText, Learn, OptionsChanged
from ime.session.keys import KeyEvent
from ime.session.rewriters import RewriteOptions, rewrite
from ime.session.runner import SyncRunner
from ime.session.state import SessionOptions
from ime.values import Candidate, CandidateList, DecodeRequest, LeftContext, Source
from tests.fakes import FakeConverter
from tests.session.desk import Desk, EchoConverter, committed, of_kind

TRADITIONAL = SessionOptions(traditional=True)


@pytest.mark.parametrize(
    ("text", "traditional"),
    [
        ("头发", "頭髮"), ("发展", "發展"), ("皇后", "皇后"), ("后来", "後來"),
        ("干净", "乾淨"), ("一只猫", "一隻貓"), ("只有", "只有"), ("理发店", "理髮店"),
        ("我用Python", "我用Python"), ("abc", "abc"), ("", ""),
    ],
)  # fmt: skip
def test_words_say_which_character_is_meant(text: str, traditional: str) -> None:
    assert to_traditional(text) == traditional
    assert to_simplified(traditional) == text


class Answering(EchoConverter):
    """One text for all letters, and its parts."""

    def __init__(self, text: str, *parts: tuple[str, int]) -> None:
        self.text, self.parts = text, parts

    def convert(
        self, request: DecodeRequest, stale: Callable[[], bool] | None = None
    ) -> CandidateList:
        items = [
            Candidate(text, tuple("x" for _ in text), end, Source.WORD)
            for text, end in ((self.text, len(request.raw)), *self.parts)
            if end <= len(request.raw)
        ]
        return CandidateList(request.revision, request.raw, tuple(items), ((0, 2),))


def test_what_is_painted_and_committed_is_traditional_and_nothing_else() -> None:
    desk = Desk(TRADITIONAL)
    desk.type("shijie")
    desk.answer()
    assert desk.painted()[:2] == ["世界", "視界"]
    effects = desk.keys("2")
    (commit,) = map(committed, of_kind(effects, CommitText))
    assert (commit.shown, commit.text) == ("視界", "视界")
    (learned,) = map(committed, of_kind(effects, Learn))
    (selection,) = learned.selections
    assert selection.chosen == "视界"
    assert "视界" in selection.offered
    assert desk.state.context.text == "视界"


def test_parts_that_make_a_word_are_converted_together() -> None:
    runner = SyncRunner(Answering("头发", ("头", 3)), TRADITIONAL)
    runner.type("touxx")
    runner.press("2")
    assert runner.state.preedit.text.startswith("頭")
    assert runner.state.context.text == ""
    runner.context.feed(KeyEvent.parse("Space"))
    assert runner.committed.startswith("頭")
    runner = SyncRunner(Answering("发", ("头", 2)), TRADITIONAL)
    runner.type("toxx")
    runner.press("2 1")
    assert runner.committed == "頭髮"


def test_phrases_stay_as_they_were_written() -> None:
    book = PhraseBook({"ni": (Phrase("ni", "发票专用", 1),)})
    options = RewriteOptions(phrases=book)
    runner = SyncRunner(
        FakeConverter(),
        TRADITIONAL,
        lambda found: rewrite(found, datetime(2026, 3, 5), options),
    )
    runner.type("ni")
    runner.press("Space")
    assert runner.committed == "发票专用"


def test_the_key_turns_what_is_painted() -> None:
    desk = Desk()
    desk.type("shijie")
    desk.answer()
    assert desk.painted()[1] == "视界"
    desk.keys("Control+Shift+f")
    assert desk.painted()[1] == "視界"
    desk.keys("Control+Shift+F")
    assert desk.painted()[1] == "视界"
    desk.feed(OptionsChanged(replace(desk.state.options, traditional=True)))
    assert desk.painted()[1] == "視界"
    assert desk.keys("Control+f")  # the host's


def test_english_leaves_the_key_to_the_host() -> None:
    desk = Desk()
    desk.keys("Control+Space", "Control+Shift+f")
    assert not desk.state.options.traditional


def test_numerals_and_choices_of_one_character_follow() -> None:
    runner = SyncRunner(FakeConverter(), TRADITIONAL)
    runner.type("v10000")
    assert runner.state.page is not None
    assert "壹萬" in [item.text for item in runner.state.page.items]
    runner = SyncRunner(Answering("头发"), TRADITIONAL)
    runner.type("toufa")
    runner.press("bracketright")
    assert runner.committed == "發"


def test_the_text_of_the_host_is_read_as_simplified() -> None:
    runner = SyncRunner(FakeConverter(), TRADITIONAL)
    runner.reset(LeftContext("頭髮"))
    assert runner.state.context.text == "头发"
    runner.host.text = "發展"
    runner.context.surroundings_changed()
    runner.context.process_key(KeyEvent.parse("n"))
    assert runner.state.context.text == "发展"
