"""A word that was forgotten stays forgotten after a restart, whatever way it had come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ime.backend import relearn as past
from ime.backend.relearn import learned_words, past_of, relearn
from ime.decode.opening import OpenedConverter
from ime.lexicon.words import Lexicon
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection, UserWord
from tests.fakes import TableModel, write_lexicon

NAME = "林昕玥"
READING = ("lin", "xin", "yue")
SYLLABLES = dict(
    zip(
        "我叫林昕玥来了让",
        ["wo", "jiao", "lin", "xin", "yue", "lai", "le", "rang"],
        strict=True,
    )
)
WAYS = {
    "as a whole": (NAME,),
    "character by character": ("林", "昕", "玥"),
    "in two pieces": ("林", "昕玥"),
    "inside a longer commit": ("让", "林", "昕玥", "来了"),
    "with the surname of the piece before": ("我叫林", "昕玥"),
    "that and more behind": ("我叫林", "昕玥", "来了"),
}


def commit_of(id_: int, pieces: Sequence[str]) -> Commit:
    context = LeftContext()
    selections = []
    for text in pieces:
        read = tuple(SYLLABLES[char] for char in text)
        rank = 1 if set(text) <= set("昕玥") or text == NAME else 0
        other = "别" * len(text)
        offered = (other, text) if rank else (text, other)
        selections.append(
            Selection(
                context, "".join(read), read, offered, text, rank, How.DIGIT, (-1.0, -2.5)
            )
        )
        context = context.append(text, read)
    whole = "".join(pieces)
    return Commit(id_, whole, tuple(SYLLABLES[char] for char in whole), tuple(selections))


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    return Lexicon(write_lexicon(tmp_path / "lexicon", [("来了", "lai le", 9)]))


def opened(log: SelectionLog, lexicon: Lexicon) -> OpenedConverter:
    """The converter of the next start."""
    converter = OpenedConverter(TableModel.drawn(5), lexicon)
    relearn(converter, past_of(log))
    return converter


def is_known(log: SelectionLog, lexicon: Lexicon) -> bool:
    found = opened(log, lexicon).learned.lexicon.words_of(READING)
    listed = [word.text for word in learned_words(past_of(log), lexicon)]
    assert (NAME in [word.text for word in found]) == (NAME in listed)
    return NAME in listed


def forget(log: SelectionLog, time: float) -> None:
    log.set_mark(Mark(MarkKind.FORGOTTEN, "linxinyue", READING, NAME), time)


@pytest.mark.parametrize("remembered", [2000, 0], ids=["one by one", "in sums"])
@pytest.mark.parametrize("pieces", WAYS.values(), ids=WAYS)
def test_forgotten_for_good_and_learned_anew(
    log: SelectionLog,
    lexicon: Lexicon,
    monkeypatch: pytest.MonkeyPatch,
    pieces: Sequence[str],
    remembered: int,
) -> None:
    monkeypatch.setattr(past, "REMEMBERED", remembered)
    for number in (1, 2):
        log.append(commit_of(number, pieces), float(number), Versions())
    assert is_known(log, lexicon)
    forget(log, 3.0)
    assert not is_known(log, lexicon)
    log.append(commit_of(3, pieces), 4.0, Versions())
    log.append(commit_of(4, pieces), 5.0, Versions())
    assert is_known(log, lexicon)
    assert is_known(log, lexicon)  # sums that are kept by now are not forgotten from again


def test_an_added_word_is_known_until_it_is_forgotten(
    log: SelectionLog, lexicon: Lexicon
) -> None:
    log.words.put([UserWord(NAME, READING)])
    assert opened(log, lexicon).learned.lexicon.words_of(READING)[0].text == NAME
    forget(log, 3.0)
    assert opened(log, lexicon).learned.lexicon.words_of(READING) == ()


@pytest.mark.parametrize("take_back", ["retract", "forget"])
def test_an_open_converter_lets_go_of_a_word(lexicon: Lexicon, take_back: str) -> None:
    converter = OpenedConverter(TableModel.drawn(5), lexicon)
    converter.learn(commit_of(1, WAYS["in two pieces"]))
    assert converter.learned.lexicon.words_of(READING)[0].text == NAME
    if take_back == "retract":
        converter.retract(1)
    else:
        converter.mark(Mark(MarkKind.FORGOTTEN, "linxinyue", READING, NAME))
    assert converter.learned.lexicon.words_of(READING) == ()


def test_a_long_name_spelled_out_twice_is_a_word(lexicon: Lexicon) -> None:
    name = dict(
        zip(
            "格洛丽亚马卡帕加尔",
            ["ge", "luo", "li", "ya", "ma", "ka", "pa", "jia", "er"],
            strict=True,
        )
    )
    converter = OpenedConverter(TableModel.drawn(5), lexicon)
    reading = tuple(name.values())
    for number in (1, 2):
        assert converter.learned.lexicon.words_of(reading) == ()
        context = LeftContext()
        selections = []
        for char, syllable in name.items():
            offered = ("别", char)
            selections.append(
                Selection(context, syllable, (syllable,), offered, char, 1, How.DIGIT)
            )
            context = context.append(char, (syllable,))
        converter.learn(Commit(number, "".join(name), reading, tuple(selections)))
    (word,) = converter.learned.lexicon.words_of(reading)
    assert word.text == "".join(name)
