"""The resumable state of a training run: parameters, optimisers and counters in one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from model.network.checkpoint import CheckpointError, save_tensors
from model.network.transformer import Network


@dataclass(frozen=True, slots=True)
class Counters:
    """How far a run is.

    Attributes:
        step: optimiser steps done.
        seen: tokens seen.
        seconds: time spent in steps.
    """

    step: int = 0
    seen: int = 0
    seconds: float = 0.0


def save_state(
    path: Path,
    network: Network,
    optimizers: Sequence[torch.optim.Optimizer],
    counters: Counters,
) -> None:
    """Write everything that `load_state` needs; an older file is replaced in one move."""
    tensors = {f"network/{name}": p.detach().cpu() for name, p in network.named_parameters()}
    for i, optimizer in enumerate(optimizers):
        for key, values in optimizer.state_dict()["state"].items():
            for name, value in values.items():
                tensor = torch.as_tensor(value).detach().cpu()
                tensors[f"optimizer/{i}/{key}/{name}"] = tensor
    numbers = [counters.step, counters.seen, counters.seconds]
    tensors["counters"] = torch.tensor(numbers, dtype=torch.float64)
    save_tensors(tensors, path)


def load_state(
    path: Path, network: Network, optimizers: Sequence[torch.optim.Optimizer]
) -> Counters:
    """Put a saved state into `network` and `optimizers`; fresh counters where there is no file.

    Raises:
        CheckpointError: the file is damaged, or belongs to a network of another shape.
    """
    if not path.exists():
        return Counters()
    try:
        tensors = load_file(path)
        states = _restore(tensors, network, len(optimizers))
        step, seen, seconds = tensors["counters"].tolist()
    except (SafetensorError, KeyError, ValueError, RuntimeError) as exc:
        raise CheckpointError(
            f"{path}: is no state of this run ({exc}); use the options it began with, "
            "or another folder"
        ) from exc
    for optimizer, state in zip(optimizers, states, strict=True):
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": state, "param_groups": groups})
    return Counters(int(step), int(seen), seconds)


def _restore(
    tensors: dict[str, Tensor], network: Network, count: int
) -> list[dict[int, dict[str, Tensor]]]:
    """Copy parameters into `network`; returns the states of `count` optimisers."""
    named = dict(network.named_parameters())
    states: list[dict[int, dict[str, Tensor]]] = [{} for _ in range(count)]
    for key, value in tensors.items():
        kind, _, rest = key.partition("/")
        if kind == "network":
            if named[rest].shape != value.shape:
                shape = tuple(named[rest].shape)
                raise ValueError(f"{rest} has shape {tuple(value.shape)}, not {shape}")
            named[rest].data.copy_(value)
        elif kind == "optimizer":
            number, index, name = rest.split("/")
            states[int(number)].setdefault(int(index), {})[name] = value
    return states
