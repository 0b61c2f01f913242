from __future__ import annotations

from pathlib import Path

import pytest

from ime.errors import AssetError
from ime.personalize.gate import (
    LIKELIER,
    chance_of,
    is_won,
    load_general,
    made_up_cases,
    refusals,
)
from ime.personalize.report import Outcome, Reason, Refusal, Tally
from ime.settings import assets_folder
from model.vocab import BEGIN, Vocabulary
from tests.tiny_network import tiny_vocabulary
from tests.tokens import id_of


def tally(count: int, rescued: int, broken: int) -> Tally:
    return Tally(count, count // 2, count // 2 + rescued - broken, rescued, broken)


GAIN = tally(100, 8, 2)
WHOLE = tally(60, 0, 0)
STEADY = tally(400, 3, 3)


def test_tally_counts_rescued_and_broken() -> None:
    outcomes = [
        Outcome("", "对", "错", "对"),
        Outcome("", "对", "对", "错"),
        Outcome("", "对", "对", "对"),
        Outcome("", "对", "错", "误"),
        Outcome("", "对", "", "对"),
    ]
    assert Tally.of(outcomes) == Tally(count=5, before=2, after=3, rescued=2, broken=1)


@pytest.mark.parametrize(
    ("held_out", "known", "general", "reasons"),
    [
        pytest.param(GAIN, WHOLE, STEADY, [], id="gains and loses nothing"),
        pytest.param(tally(100, 2, 2), WHOLE, STEADY, [Reason.NO_GAIN], id="no gain"),
        pytest.param(tally(100, 0, 0), WHOLE, STEADY, [Reason.NO_GAIN], id="no change"),
        pytest.param(GAIN, tally(60, 0, 1), STEADY, [], id="one known choice may break"),
        pytest.param(GAIN, tally(60, 0, 2), STEADY, [Reason.KNOWN_BROKEN], id="two not"),
        pytest.param(GAIN, WHOLE, tally(400, 3, 4), [], id="one general may be lost"),
        pytest.param(GAIN, WHOLE, tally(400, 3, 5), [Reason.GENERAL_LOST], id="two may not"),
        pytest.param(GAIN, WHOLE, tally(400, 30, 0), [], id="general may gain"),
        pytest.param(
            tally(100, 0, 5), tally(60, 0, 9), tally(400, 0, 9),
            list(Reason)[1:], id="every reason is named",
        ),
    ],
)  # fmt: skip
def test_gate_names_its_reasons(
    held_out: Tally, known: Tally, general: Tally, reasons: list[Reason]
) -> None:
    found = refusals(held_out, known, general, 2 * LIKELIER)
    assert [one.reason for one in found] == reasons


def test_reasons_carry_their_figures() -> None:
    assert refusals(tally(100, 1, 5), tally(60, 0, 9), tally(400, 0, 9), 0.25) == [
        Refusal(Reason.NO_GAIN, cases=100, lost=5, gained=1, likelier=0.25),
        Refusal(Reason.KNOWN_BROKEN, cases=60, lost=9, allowed=1),
        Refusal(Reason.GENERAL_LOST, cases=400, lost=9, allowed=1),
    ]


@pytest.mark.parametrize(
    ("rescued", "broken", "chance"),
    [(0, 0, 1.0), (1, 0, 0.5), (3, 0, 0.125), (4, 0, 0.0625), (6, 1, 8 / 128), (2, 3, 26 / 32)],
)
def test_chance_is_that_of_the_sign_test(rescued: int, broken: int, chance: float) -> None:
    assert chance_of(rescued, broken) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("rescued", "broken", "likelier", "won"),
    [
        pytest.param(6, 1, LIKELIER, True, id="more-are-first-and-likelier"),
        pytest.param(6, 1, 0.9 * LIKELIER, False, id="more-are-first-and-hardly-likelier"),
        pytest.param(4, 1, LIKELIER, False, id="more-are-first-by-chance"),
        pytest.param(4, 1, 0.5, False, id="more-are-first-by-chance-whatever-the-loss"),
        pytest.param(2, 3, 0.5, False, id="fewer-whatever-the-loss"),
    ],
)
def test_newest_choices_are_won_by_first_places_and_by_likelihood(
    rescued: int, broken: int, likelier: float, won: bool
) -> None:
    held_out = tally(100, rescued, broken)
    assert is_won(held_out, likelier) == won
    assert (refusals(held_out, WHOLE, STEADY, likelier) == []) == won


def test_shipped_general_sentences_are_many_and_can_be_spelt() -> None:
    cases = load_general(assets_folder() / "anchors" / "general.tsv")
    assert len(cases) >= 300
    assert len({case.chosen for case in cases}) == len(cases)
    vocabulary = Vocabulary.load(assets_folder() / "vocab.tsv")
    for case in cases:
        for pair in zip(case.chosen, case.syllables, strict=True):
            id_of(vocabulary, *pair)


@pytest.mark.parametrize("line", ["你好\tni", "你好", "\tni"], ids=["short", "none", "empty"])
def test_damaged_general_sentences_are_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "general.tsv"
    path.write_text(f"世界\tshi jie\n{line}\n", encoding="utf-8")
    with pytest.raises(AssetError, match=r"asset_line_damaged .*line=2"):
        load_general(path)
    with pytest.raises(AssetError, match="asset_unreadable"):
        load_general(tmp_path / "missing")


def test_made_up_text_gives_runs_with_their_context() -> None:
    vocabulary = tiny_vocabulary()
    tokens = [BEGIN, *vocabulary.encode("你好，世界北京，是事")]
    (case,) = made_up_cases(vocabulary, [tokens])
    assert (case.context, case.chosen) == ("你好，", "世界北京")
    assert case.syllables == ("shi", "jie", "bei", "jing")
    assert case.readings == ((0, "ni"), (1, "hao"))
