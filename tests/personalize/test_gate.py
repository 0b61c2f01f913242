from __future__ import annotations

from pathlib import Path

import pytest

from ime.errors import AssetError
from ime.personalize.gate import (
    CHANCE,
    LIKELIER,
    Gain,
    gain_of,
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
SURE = Gain(2 * LIKELIER, 0.0)


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
        pytest.param(tally(100, 2, 3), WHOLE, STEADY, [Reason.NO_GAIN], id="no gain"),
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
    found = refusals(held_out, known, general, SURE)
    assert [one.reason for one in found] == reasons


def test_reasons_carry_their_figures() -> None:
    assert refusals(tally(100, 1, 5), tally(60, 0, 9), tally(400, 0, 9), Gain(0.25, 0.0)) == [
        Refusal(Reason.NO_GAIN, cases=100, lost=5, gained=1, likelier=0.25),
        Refusal(Reason.KNOWN_BROKEN, cases=60, lost=9, allowed=1),
        Refusal(Reason.GENERAL_LOST, cases=400, lost=9, allowed=1),
    ]


def test_gain_of_every_piece_is_none_of_chance() -> None:
    gain = gain_of([10.0, 20.0, 30.0], [9.0, 18.0, 27.0])
    assert gain.share == pytest.approx(0.1)
    assert gain.chance == 0.0


def test_gain_of_one_piece_among_many_is_chance() -> None:
    """The one that gains is drawn in 63 of 100 resamples."""
    gain = gain_of([10.0] * 20, [5.0] + [10.0] * 19)
    assert gain.share == pytest.approx(0.025)
    assert gain.chance == pytest.approx((19 / 20) ** 20, abs=0.05)


def test_no_gain_is_chance() -> None:
    assert gain_of([10.0, 20.0], [10.0, 20.0]).chance == 1.0


def test_chance_shrinks_with_the_pieces() -> None:
    """The same gain and the same scatter, three times: the more text, the surer."""
    before, after = [10.0, 10.0, 10.0], [7.0, 11.0, 11.0]
    few, more, many = (gain_of(before * n, after * n) for n in (2, 8, 40))
    assert few.share == pytest.approx(more.share) == pytest.approx(many.share)
    assert few.chance > more.chance > many.chance


@pytest.mark.parametrize(
    ("rescued", "broken", "gain", "won"),
    [
        pytest.param(6, 1, Gain(LIKELIER, CHANCE), True, id="sure"),
        pytest.param(2, 2, Gain(LIKELIER, CHANCE), True, id="likelier-and-as-many-rescued"),
        pytest.param(0, 0, Gain(LIKELIER, CHANCE), True, id="likelier-and-no-place-changed"),
        pytest.param(6, 1, Gain(0.9 * LIKELIER, 0.0), False, id="hardly-likelier"),
        pytest.param(6, 1, Gain(0.5, 1.1 * CHANCE), False, id="likelier-by-chance"),
        pytest.param(2, 3, Gain(0.5, 0.0), False, id="more-broken-whatever-the-loss"),
    ],
)
def test_newest_text_is_won_by_likelihood_that_breaks_no_more_than_it_rescues(
    rescued: int, broken: int, gain: Gain, won: bool
) -> None:
    held_out = tally(100, rescued, broken)
    assert is_won(held_out, gain) == won
    assert (refusals(held_out, WHOLE, STEADY, gain) == []) == won


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
