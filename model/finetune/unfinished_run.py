"""A run that was killed, kept at its last measurement, so that the next one goes on from there.

One safetensors file: the trained weights, the moments of AdamW, the best additions so far, and
in its head what they belong to. It holds no text. A file of another run, or one that is
damaged, counts as none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from model.finetune.schedule import CurvePoint
from model.network.adapter import write_durably

_HEAD = "run"
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True, slots=True)
class Measure:
    """How well a network foretells selections, each hanzi after the true ones before it.

    Attributes:
        loss: nats a hanzi, by the terms that training uses.
        right: share of hanzi that lead among those of their syllable, 0 to 1.
        count: hanzi measured.
        lines: of each chain its nats, all of its hanzi together.
    """

    loss: float
    right: float
    count: int
    lines: tuple[float, ...] = ()


@dataclass(frozen=True)
class State:
    """Where a run stands after a measurement.

    Attributes:
        before: held-out measure at the start.
        best: of the best additions.
        tensors: the best additions.
        step: steps done.
        best_step: after which the best additions stood; 0 at the start.
        curve: of learning, its start included.
    """

    before: Measure
    best: Measure
    tensors: Mapping[str, Tensor]
    step: int = 0
    best_step: int = 0
    curve: tuple[CurvePoint, ...] = field(default=())

    @classmethod
    def begun(cls, before: Measure, tensors: Mapping[str, Tensor]) -> State:
        """At the start of a run."""
        return cls(before, before, tensors, curve=(CurvePoint(0, math.nan, before.loss),))

    def measured(
        self, step: int, loss: float, now: Measure, tensors: Mapping[str, Tensor]
    ) -> State:
        """After one more measurement."""
        curve = (*self.curve, CurvePoint(step, loss, now.loss))
        if now.loss < self.best.loss:
            return State(self.before, now, tensors, step, step, curve)
        return replace(self, step=step, curve=curve)


class UnfinishedRun:
    """The file of a run.

    Args:
        path: of the file.
        key: names all that decides the run; another key, another run.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key

    def keep(self, state: State, optimizer: torch.optim.Optimizer) -> None:
        """Write where the run is, in place of what was there.

        Raises:
            OSError: it cannot be written.
        """
        tensors = {f"best.{name}": value for name, value in state.tensors.items()}
        for number, parameter in enumerate(_parameters(optimizer)):
            tensors[f"now.{number}"] = parameter.detach()
            known = optimizer.state.get(parameter, {})
            for name in _MOMENTS:
                tensors[f"{name}.{number}"] = known.get(name, torch.zeros(()))
        head = {"key": self._key, **asdict(replace(state, tensors={}))}
        whole = {name: value.clone().contiguous() for name, value in tensors.items()}
        write_durably(self._path, save(whole, {_HEAD: json.dumps(head)}))

    @torch.no_grad()
    def take_up(self, optimizer: torch.optim.Optimizer) -> State | None:
        """Bring weights and moments to where the run was; None where there is no such run."""
        try:
            with safe_open(self._path, "pt") as file:
                head = json.loads((file.metadata() or {})[_HEAD])
                if head.pop("key") != self._key:
                    return None
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            state = _state(head, tensors)
            restored = [
                (one, *(tensors[f"{name}.{number}"] for name in ("now", *_MOMENTS)))
                for number, one in enumerate(_parameters(optimizer))
            ]
        except (OSError, SafetensorError, ValueError, KeyError, TypeError):
            return None
        if any(one.shape != now.shape for one, now, _, _ in restored):
            return None
        for one, now, first, second in restored:
            one.copy_(now)
            step = torch.tensor(float(state.step))
            optimizer.state[one] = {"step": step, "exp_avg": first, "exp_avg_sq": second}
        return state

    def clear(self) -> None:
        """Delete the file.

        Raises:
            OSError: it cannot be deleted.
        """
        self._path.unlink(missing_ok=True)


def _parameters(optimizer: torch.optim.Optimizer) -> Sequence[Tensor]:
    return [one for group in optimizer.param_groups for one in group["params"]]


def _state(head: dict[str, object], tensors: Mapping[str, Tensor]) -> State:
    """What `keep` wrote; raises ValueError, KeyError or TypeError where it is damaged."""
    best = {
        name.removeprefix("best."): value
        for name, value in tensors.items()
        if name.startswith("best.")
    }
    curve = head.pop("curve")
    assert isinstance(curve, list)
    measures = {name: _measure(head.pop(name)) for name in ("before", "best")}
    head.pop("tensors")
    points = tuple(CurvePoint(**point) for point in curve)
    return State(**measures, tensors=best, curve=points, **head)  # type: ignore[arg-type]


def _measure(values: object) -> Measure:
    assert isinstance(values, dict)
    return Measure(**{**values, "lines": tuple(values["lines"])})
