"""Puts the personal adapter in use into a copy of the network, where there is one that fits."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

from model.network.adapter import AdapterError, active_file, base_digest, load_adapter, merge
from model.network.checkpoint import CheckpointError
from model.network.transformer import Network


@dataclass(frozen=True, slots=True)
class Personalized:
    """What became of the adapter in use.

    Attributes:
        network: the base with the adapter merged in; None for none.
        version: of the adapter; empty for none.
        notice: for the user, where there is one that cannot be used; empty otherwise.
    """

    network: Network | None = None
    version: str = ""
    notice: str = ""


def personalize(network: Network, weights: Path, adapters: Path) -> Personalized:
    """Merge the adapter in use into a copy of the network; none is made of a damaged one.

    Args:
        network: the base model in fp32; its embeddings serve the copy, too.
        weights: folder that it was loaded from.
        adapters: folder of the user's versions; need not exist.
    """
    try:
        path = active_file(adapters)
        if path is None:
            return Personalized()
        adapter = load_adapter(path, base_digest(weights))
        shared = (network.characters, network.syllables)
        mine = copy.deepcopy(network, {id(part): part for part in shared})
        merge(mine, adapter)
    except (AdapterError, CheckpointError) as exc:
        return Personalized(
            notice=f"The personal model cannot be used: {exc}. Typing works with the shipped "
            "model; Personalize in the Settings menu makes a new one or goes back."
        )
    return Personalized(mine, path.stem)
