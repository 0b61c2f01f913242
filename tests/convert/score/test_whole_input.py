from __future__ import annotations

import math

import numpy as np
import pytest

from ime.convert.score.whole_input import (
    ALONE,
    END_FLOOR,
    END_SHARE,
    HISTORY,
    OWN,
    WORD_SHARE,
    WholeInput,
)
from tests.fakes import TABLE_TOKENS, TableModel

TEXTS = [text for text, _ in TABLE_TOKENS]
NOTHING = END_SHARE * math.log(END_FLOOR)  # the table never ends


class Pairs:
    """西安 is a word, and 见 is likely behind it."""

    def find(self, text: str) -> int:
        words = ["", "先", "西", "安", "见", "西安"]
        return words.index(text) if text in words else -1

    def log_prob(self, before: int, after: int) -> float:
        if (before, after) == (self.find("西安"), self.find("见")):
            return -1.0
        return -4.0


def ids(text: str) -> list[int]:
    return [TEXTS.index(char) for char in text]


@pytest.mark.parametrize(
    ("before", "text", "nats"),
    [
        ("", "西", -4),
        ("", "西安", -4),
        ("", "安西", -8 - 2 * ALONE),
        ("西安", "见", -1),
        ("安", "见", -4),
    ],
)
def test_words_that_follow_each_other_gain(before: str, text: str, nats: float) -> None:
    found = WholeInput(TableModel.drawn(1), Pairs()).gains(ids(before), [ids(text)])
    assert float(found[0]) == pytest.approx(NOTHING + WORD_SHARE * nats, abs=1e-5)


def test_words_before_a_mark_do_not_count() -> None:
    model = TableModel.drawn(1, [*TABLE_TOKENS, ("，", "")])
    found = WholeInput(model, Pairs()).gains([*ids("西安"), len(TEXTS)], [ids("见")])
    assert float(found[0]) == pytest.approx(NOTHING + WORD_SHARE * -4, abs=1e-5)


def test_words_that_the_user_makes_count_after_a_reset() -> None:
    own: set[str] = set()
    whole = WholeInput(TableModel.drawn(1), Pairs(), own)
    text = [ids("安见先")]
    apart = NOTHING + WORD_SHARE * 3 * (-4 - ALONE)
    assert float(whole.gains([], text)[0]) == pytest.approx(apart, abs=1e-5)
    own.add("安见先")
    whole.reset()
    made = NOTHING + WORD_SHARE * OWN
    assert made > apart
    assert float(whole.gains([], text)[0]) == pytest.approx(made, abs=1e-5)


def test_without_pairs_only_the_ending_counts() -> None:
    found = WholeInput(TableModel.drawn(1)).gains([], [ids("西安")])
    assert float(found[0]) == pytest.approx(NOTHING, abs=1e-5)


def test_likely_ending_gains(monkeypatch: pytest.MonkeyPatch) -> None:
    model = TableModel.drawn(1)
    asked: list[list[tuple[int, ...]]] = []

    def endings(histories: list[tuple[int, ...]]) -> np.ndarray:
        asked.append(histories)
        return np.array([0.9, 0.1], np.float32)

    monkeypatch.setattr(model, "endings", endings)
    before = list(range(7))
    found = WholeInput(model).gains(before, [ids("西安"), ids("先见")])
    assert float(found[0] - found[1]) == pytest.approx(
        END_SHARE * math.log((0.9 + END_FLOOR) / (0.1 + END_FLOOR)), abs=1e-5
    )
    tail = tuple(before[-HISTORY:])
    assert asked == [[(*tail, *ids("西安")), (*tail, *ids("先见"))]]
