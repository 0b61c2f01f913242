"""The course of a run of fine-tuning: its learning rate, its curve, and when it is done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of the learning curve.

    Attributes:
        step: after which it was taken.
        loss: of training since the point before, nats a hanzi; nan at the start.
        held_out: on held-out selections, nats a hanzi.
    """

    step: int
    loss: float
    held_out: float


def rate_factor(done: float) -> float:
    """Learning rate relative to its peak after the share `done` (0 to 1) of a run."""
    return min(1.0, done / 0.1) * 0.5 * (1 + math.cos(math.pi * done))


def is_done(curve: Sequence[CurvePoint], total: int, stale: float) -> bool:
    """Whether the newest measurement, in the second half of a run, gained next to nothing.

    Args:
        curve: two points or more.
        total: steps of the whole run.
        stale: share of the best loss that counts as next to nothing.
    """
    best = min(point.held_out for point in curve[:-1])
    newest = curve[-1]
    return 2 * newest.step > total and newest.held_out > (1 - stale) * best
