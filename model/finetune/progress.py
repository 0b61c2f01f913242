"""Where a run is; a value without torch, for those who only show it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is.

    Attributes:
        stage: what it does now, one word.
        step: done of this stage.
        total: of this stage; the step of its last progress, also where it ends early.
        loss: of the last steps, nats a hanzi; nan where there is none.
        held_out: newest loss on held-out selections, nats a hanzi; nan where there is none.
        seconds_left: of this stage; nan while unknown.
    """

    stage: str
    step: int
    total: int
    loss: float = math.nan
    held_out: float = math.nan
    seconds_left: float = math.nan
