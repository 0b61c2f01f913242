from __future__ import annotations

import math

import pytest

from model.finetune.schedule import CurvePoint, is_done, rate_factor

STALE = 0.01


def curve(*held_out: float, every: int = 10) -> list[CurvePoint]:
    return [CurvePoint(every * i, math.nan, loss) for i, loss in enumerate(held_out)]


@pytest.mark.parametrize(
    ("losses", "done"),
    [
        pytest.param((1.4, 1.3, 1.2, 1.1), False, id="still gains"),
        pytest.param((1.4, 1.3, 1.2, 1.2), True, id="gains nothing"),
        pytest.param((1.4, 1.3, 1.2, 1.25), True, id="loses"),
        pytest.param((1.4, 1.3, 1.2, 1.2 * (1 - STALE / 2)), True, id="gains next to nothing"),
        pytest.param((1.4, 1.3, 1.2, 1.2 * (1 - 2 * STALE)), False, id="gains a little"),
        pytest.param((1.4, 1.1, 1.2, 1.15), True, id="was better before"),
        pytest.param((1.4, 1.5), False, id="first half"),
    ],
)
def test_run_is_done_once_a_measurement_of_its_second_half_gains_nothing(
    losses: tuple[float, ...], done: bool
) -> None:
    assert is_done(curve(*losses), 50, STALE) is done


def test_rate_rises_and_falls_to_nothing() -> None:
    assert rate_factor(0.05) == pytest.approx(0.5, abs=0.01)
    assert rate_factor(0.5) == pytest.approx(0.5)
    assert rate_factor(1.0) == pytest.approx(0.0)
