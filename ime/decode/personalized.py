"""Puts a personal adapter into a copy of the network, where it fits."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

from ime.decode.options import adapter_notice
from ime.errors import Message
from ime.ports import IntArray
from model.network.adapter import DENSE, AdapterError, base_digest, load_adapter, merge
from model.network.checkpoint import CheckpointError
from model.network.transformer import Network


@dataclass(frozen=True, slots=True)
class Personalized:
    """What became of the adapter in use.

    Attributes:
        network: the base with the adapter merged in; None for none.
        version: of the adapter; empty for none.
        shares: of the network in its mixture with the n-gram; empty for the shipped ones.
        written: (V,) how often the user wrote each token elsewhere; None where that is little.
        notice: for the user, where there is one that cannot be used; None otherwise.
    """

    network: Network | None = None
    version: str = ""
    shares: tuple[float, ...] = ()
    written: IntArray | None = None
    notice: Message | None = None


def personalize(network: Network, weights: Path, adapter: Path) -> Personalized:
    """Merge an adapter into a copy of the network; none is made of a damaged one.

    Args:
        network: the base model in fp32; its embeddings serve the copy, too, unless the adapter
            changes them.
        weights: folder that it was loaded from.
        adapter: its file.
    """
    try:
        loaded = load_adapter(adapter, base_digest(weights))
        kept = () if loaded.info.rank == DENSE else (network.characters, network.syllables)
        mine = copy.deepcopy(network, {id(part): part for part in kept})
        merge(mine, loaded)
    except (AdapterError, CheckpointError) as exc:
        return Personalized(notice=adapter_notice(exc))
    return Personalized(mine, adapter.stem, loaded.info.shares, loaded.written)
