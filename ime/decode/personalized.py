"""Puts a personal adapter into a copy of the network, where it fits."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

from ime.decode.options import adapter_notice
from ime.errors import Message
from model.network.adapter import AdapterError, base_digest, load_adapter, merge
from model.network.checkpoint import CheckpointError
from model.network.transformer import Network


@dataclass(frozen=True, slots=True)
class Personalized:
    """What became of the adapter in use.

    Attributes:
        network: the base with the adapter merged in; None for none.
        version: of the adapter; empty for none.
        notice: for the user, where there is one that cannot be used; None otherwise.
    """

    network: Network | None = None
    version: str = ""
    notice: Message | None = None


def personalize(network: Network, weights: Path, adapter: Path) -> Personalized:
    """Merge an adapter into a copy of the network; none is made of a damaged one.

    Args:
        network: the base model in fp32; its embeddings serve the copy, too.
        weights: folder that it was loaded from.
        adapter: its file.
    """
    try:
        loaded = load_adapter(adapter, base_digest(weights))
        shared = (network.characters, network.syllables)
        mine = copy.deepcopy(network, {id(part): part for part in shared})
        merge(mine, loaded)
    except (AdapterError, CheckpointError) as exc:
        return Personalized(notice=adapter_notice(exc))
    return Personalized(mine, adapter.stem)
