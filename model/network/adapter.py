"""Personal adapters: what is added to a network's weights for one user.

It is low-rank (LoRA, Hu et al. 2021) where there is little to learn from: beside each frozen
projection W lies B A, A (R, in) random and B (out, R) zero at the start. Where there is much,
it is dense: every weight has an addition of its own. Either way a fresh adapter changes
nothing, and for typing it is added into the weights: a merged network costs not one operation
more than the base. An adapter on disk is one safetensors file that names its base and carries a
digest over all it says; one that is damaged or made for another base is refused.

Legend: R rank, V vocabulary.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from model.network.checkpoint import INDEX, CheckpointError
from model.network.transformer import Network

PROJECTIONS = ("qkv", "out", "gate_up", "down")
DENSE = 0
"""The rank that stands for an addition to every weight."""

_HEAD = "adapter"  # key of the metadata that holds `AdapterInfo` as JSON
_WRITTEN = "written"  # name of the counts among the tensors of a file
_DIGEST = "sha256"


class AdapterError(Exception):
    """An adapter is missing, damaged or made for another base model."""


@dataclass(frozen=True)
class AdapterInfo:
    """What an adapter file says besides its numbers.

    Attributes:
        base: `base_digest` of the weights it belongs to.
        parent: version that training went on from; empty where it began anew.
        rank: R, or `DENSE`.
        alpha: B A counts alpha / R times; without meaning where it is dense.
        steps: optimiser steps of the run.
        through: id of the newest selection it was trained on, its ancestors included.
        created: seconds since 1970, UTC.
        metrics: JSON-able figures of its run.
        documents: digests of the files it was trained on, its ancestors included.
        shares: of the network in its mixture with the n-gram, as `MixtureScorer` takes them;
            empty for the shipped ones.
    """

    base: str
    rank: int
    alpha: float
    parent: str = ""
    steps: int = 0
    through: int = 0
    created: float = 0.0
    metrics: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()

    @property
    def scale(self) -> float:
        """Factor of B A."""
        return self.alpha / self.rank


@dataclass(frozen=True)
class Adapter:
    """An adapter in memory.

    Attributes:
        info: what it is.
        tensors: `blocks.I.PART.PROJECTION.A` and `.B` for every projection; where it is dense,
            the addition to each parameter of the network, by its name.
        written: (V,) how often the user wrote each token in what it was trained on; None where
            that is little.
    """

    info: AdapterInfo
    tensors: Mapping[str, Tensor]
    written: npt.NDArray[np.int64] | None = None


class LoraLinear(nn.Module):
    """A frozen projection and its low-rank addition.

    Args:
        base: the projection; its weight gets no gradient.
        rank: R.
        scale: factor of B A.
        dropout: share of outputs of A that are dropped in training; dropping its inputs did as
            well and took 7 % of the time of training.
        generator: of A's random start.
    """

    def __init__(
        self,
        base: nn.Linear,
        rank: int,
        scale: float,
        dropout: float,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.weight = base.weight.requires_grad_(False)
        self.scale = scale
        self.dropout = nn.Dropout(dropout)
        width = base.in_features
        self.A = nn.Parameter(torch.randn(rank, width, generator=generator) / math.sqrt(width))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        low = self.dropout(self.scale * F.linear(x, self.A))  # (..., R)
        return F.linear(x, self.weight) + F.linear(low, self.B)


def _places(network: Network) -> Iterator[tuple[str, nn.Module, str]]:
    """(name, owner, attribute) of every projection."""
    for i, block in enumerate(network.blocks):
        for part in ("attention", "feed_forward"):
            owner = block.get_submodule(part)
            for attribute in PROJECTIONS:
                if hasattr(owner, attribute):
                    yield f"blocks.{i}.{part}.{attribute}", owner, attribute


def attach(
    network: Network, rank: int, alpha: float, dropout: float = 0.0, seed: int = 0
) -> list[nn.Parameter]:
    """Freeze a network and put a fresh adapter on it; returns what is to be trained."""
    network.requires_grad_(requires_grad=False)
    generator = torch.Generator().manual_seed(seed)
    parameters: list[nn.Parameter] = []
    for _, owner, attribute in list(_places(network)):
        base = getattr(owner, attribute)
        lora = LoraLinear(base, rank, alpha / rank, dropout, generator)
        setattr(owner, attribute, lora)
        parameters += [lora.A, lora.B]
    return parameters


def read_tensors(network: Network) -> dict[str, Tensor]:
    """A copy of the adapter that `attach` put on a network, as `Adapter.tensors`."""
    return {
        f"{name}.{letter}": getattr(getattr(owner, attribute), letter).detach().clone()
        for name, owner, attribute in _places(network)
        for letter in "AB"
    }


@torch.no_grad()
def write_tensors(network: Network, tensors: Mapping[str, Tensor]) -> None:
    """Give the adapter that `attach` put on a network the values of another one.

    Raises:
        AdapterError: names or shapes do not fit.
    """
    for name, owner, attribute in _places(network):
        for letter in "AB":
            target = getattr(getattr(owner, attribute), letter)
            value = tensors.get(f"{name}.{letter}")
            if value is None or value.shape != target.shape:
                raise AdapterError(f"the adapter has no {name}.{letter} of the wanted shape")
            target.copy_(value)


class Additions(Protocol):
    """What is trained of a network: an adapter under way."""

    @property
    def parameters(self) -> Sequence[nn.Parameter]:
        """What gets a gradient."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """A copy of what was added, as `Adapter.tensors`."""
        ...


class LowRankAdditions:
    """A low-rank adapter on a frozen network.

    Args:
        network: gets the adapter; see `attach`.
        rank: R.
        alpha: B A counts alpha / R times.
        dropout: as for `LoraLinear`.
        seed: of A's start.
        start: adapter to go on from, of the same rank; None to begin anew.

    Raises:
        AdapterError: the adapter to go on from does not fit.
    """

    def __init__(
        self,
        network: Network,
        rank: int,
        alpha: float,
        dropout: float,
        seed: int,
        start: Adapter | None = None,
    ) -> None:
        self._network = network
        self.parameters: Sequence[nn.Parameter] = attach(network, rank, alpha, dropout, seed)
        if start is not None:
            write_tensors(network, start.tensors)

    def tensors(self) -> dict[str, Tensor]:
        """A copy of A and B of every projection."""
        return read_tensors(self._network)


class DenseAdditions:
    """All weights of a network are free; what is added is what they differ by from the base.

    Args:
        network: whose weights are trained.
        start: adapter of any rank to go on from; None to begin anew.

    Raises:
        AdapterError: the adapter to go on from does not fit.
    """

    def __init__(self, network: Network, start: Adapter | None = None) -> None:
        network.requires_grad_(requires_grad=True)
        self._named = dict(network.named_parameters())
        self._base = {name: one.detach().clone() for name, one in self._named.items()}
        self.parameters: Sequence[nn.Parameter] = list(self._named.values())
        if start is not None:
            merge(network, start)

    def tensors(self) -> dict[str, Tensor]:
        """What was added to each parameter, by its name."""
        return {name: one.detach() - self._base[name] for name, one in self._named.items()}


@torch.no_grad()
def merge(network: Network, adapter: Adapter, strength: float = 1.0) -> None:
    """Add an adapter into the weights of a network without one, for typing.

    Args:
        network: changed in place.
        adapter: made for this network.
        strength: factor on all of the adapter; 0 changes nothing, -1 takes it out again.

    Raises:
        AdapterError: names or shapes do not fit; the network is unchanged.
    """
    find = _dense_steps if adapter.info.rank == DENSE else _low_rank_steps
    for weight, addition in list(find(network, adapter)):
        weight.add_(strength * addition.to(weight.device))


def _dense_steps(network: Network, adapter: Adapter) -> Iterator[tuple[Tensor, Tensor]]:
    """Every weight and what is added to it."""
    for name, weight in network.named_parameters():
        addition = adapter.tensors.get(name)
        if addition is None or addition.shape != weight.shape:
            raise AdapterError(f"the adapter does not fit the parameter {name}")
        yield weight, addition.float()


def _low_rank_steps(network: Network, adapter: Adapter) -> Iterator[tuple[Tensor, Tensor]]:
    """The weight of every projection and what is added to it."""
    for name, owner, attribute in _places(network):
        weight = getattr(owner, attribute).weight
        low, high = adapter.tensors.get(f"{name}.A"), adapter.tensors.get(f"{name}.B")
        if low is None or high is None or (len(high), low.shape[1]) != tuple(weight.shape):
            raise AdapterError(f"the adapter does not fit the projection {name}")
        yield weight, adapter.info.scale * (high.float() @ low.float())


def scaled(adapter: Adapter, strength: float) -> Adapter:
    """An adapter of which only `strength` counts (1: as it is)."""
    tensors = {
        name: value if name.endswith(".A") else value * strength
        for name, value in adapter.tensors.items()
    }
    return replace(adapter, tensors=tensors)


def base_digest(folder: Path) -> str:
    """What identifies the base model of a checkpoint folder: sha256 over its pieces' sha256.

    Raises:
        CheckpointError: there is no checkpoint, or its index cannot be read.
    """
    try:
        files = json.loads((folder / INDEX).read_text(encoding="utf-8"))["files"]
        text = "\n".join(f"{name} {files[name]}" for name in sorted(files))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CheckpointError(f"{folder / INDEX}: cannot be read ({exc})") from exc
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(head: str, tensors: Mapping[str, Tensor]) -> str:
    total = hashlib.sha256(head.encode())
    for name in sorted(tensors):
        value = tensors[name].contiguous()
        total.update(f"{name} {tuple(value.shape)} {value.dtype}".encode())
        total.update(value.view(torch.uint8).numpy().tobytes())
    return total.hexdigest()


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that a power cut leaves the old one or the new one; mode 0600.

    Raises:
        OSError: it cannot be written; the old file stands.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the new name is on the disk only when its folder is
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def save_adapter(adapter: Adapter, path: Path) -> None:
    """Write an adapter in fp16, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    tensors = {name: value.half().cpu().contiguous() for name, value in adapter.tensors.items()}
    if adapter.written is not None:
        tensors[_WRITTEN] = torch.from_numpy(adapter.written.astype(np.int32))
    head = json.dumps(asdict(adapter.info), ensure_ascii=True, sort_keys=True)
    metadata = {_HEAD: head, _DIGEST: _digest(head, tensors)}
    write_durably(path, save(tensors, metadata))


def read_adapter_info(path: Path) -> AdapterInfo:
    """What an adapter file says of itself; its numbers are not checked.

    Raises:
        AdapterError: it cannot be read.
    """
    try:
        with safe_open(path, "pt") as file:
            return _info((file.metadata() or {})[_HEAD])
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, RecursionError) as exc:
        raise AdapterError(f"{path}: is not a whole adapter ({exc})") from exc


def load_adapter(path: Path, base: str) -> Adapter:
    """Read what `save_adapter` wrote.

    Args:
        path: of the file.
        base: `base_digest` of the weights it is wanted for.

    Raises:
        AdapterError: it is missing, damaged or belongs to other weights.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise AdapterError(f"{path}: is no regular file")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        info = _info(metadata[_HEAD])
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, RecursionError) as exc:
        raise AdapterError(f"{path}: is not a whole adapter ({exc})") from exc
    if metadata.get(_DIGEST) != _digest(metadata[_HEAD], tensors):
        raise AdapterError(f"{path}: is damaged (its sha256 is not the recorded one)")
    if info.base != base:
        raise AdapterError(f"{path}: was trained for another base model")
    counted = tensors.pop(_WRITTEN, None)
    written = counted.numpy().astype(np.int64) if counted is not None else None
    return Adapter(info, {name: value.float() for name, value in tensors.items()}, written)


def _info(text: str) -> AdapterInfo:
    values = json.loads(text)
    names = {one.name for one in fields(AdapterInfo)}
    for name in ("documents", "shares"):
        values[name] = tuple(values.get(name, ()))
    info = AdapterInfo(**{name: value for name, value in values.items() if name in names})
    if not DENSE <= info.rank <= 4096 or not math.isfinite(info.alpha):
        raise ValueError(f"rank {info.rank!r} and alpha {info.alpha!r} make no adapter")
    return info
