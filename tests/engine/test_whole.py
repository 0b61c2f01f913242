from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from ime.engine.whole import END_FLOOR, END_SHARE, HISTORY, LOOSE, WholeInput
from ime.lexicon.words import Lexicon
from tests.fakes import TABLE_TOKENS, TableModel, write_lexicon

TEXTS = [text for text, _ in TABLE_TOKENS]
WORDS = ("先见", "西安", "安年", "线那")


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    words = [(text, " ".join("a" for _ in text), 5) for text in WORDS]
    return Lexicon(write_lexicon(tmp_path, words))


def ids(text: str) -> list[int]:
    return [TEXTS.index(char) for char in text]


def loose(text: str) -> int:
    """Characters alone in the best of all ways to cut a text."""
    if len(text) == 1:
        return 0
    counts = []
    for cuts in itertools.product([False, True], repeat=len(text) - 1):
        places = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), len(text)]
        parts = [text[a:b] for a, b in itertools.pairwise(places)]
        if all(len(part) == 1 or part in WORDS for part in parts):
            counts.append(sum(len(part) == 1 for part in parts))
    return min(counts)


@pytest.mark.parametrize(
    "text", ["先", "西安", "西安先", "西安年", "先西安年", "安先安先", "先西"]
)
def test_loose_characters_cost(lexicon: Lexicon, text: str) -> None:
    found = WholeInput(TableModel.drawn(1), lexicon).gains([], [ids(text)])
    nothing = END_SHARE * math.log(END_FLOOR)  # the table never ends
    assert float(found[0]) == pytest.approx(nothing - LOOSE * loose(text), abs=1e-5)


def test_likely_ending_gains(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    model = TableModel.drawn(1)
    asked: list[list[tuple[int, ...]]] = []

    def endings(histories: list[tuple[int, ...]]) -> np.ndarray:
        asked.append(histories)
        return np.array([0.9, 0.1], np.float32)

    monkeypatch.setattr(model, "endings", endings)
    before = list(range(7))
    found = WholeInput(model, lexicon).gains(before, [ids("西安"), ids("先见")])
    assert float(found[0] - found[1]) == pytest.approx(
        END_SHARE * math.log((0.9 + END_FLOOR) / (0.1 + END_FLOOR)), abs=1e-5
    )
    tail = tuple(before[-HISTORY:])
    assert asked == [[(*tail, *ids("西安")), (*tail, *ids("先见"))]]
