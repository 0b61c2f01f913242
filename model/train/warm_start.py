"""Begins a training run from the weights of an earlier one, whose vocabulary may differ.

A new edition of the text orders the vocabulary anew and reads some words differently. Blocks
are copied as they are; rows of the embeddings and of the bias go to the character, the reading
and the token that they stood for. What the old vocabulary lacks keeps its fresh value.

A deeper network begins at the same function (block expansion, Wu et al. 2024): each further
block is a copy of the one before it whose outputs are zero, so that it adds nothing until it
is trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from model.network.checkpoint import CheckpointError, load_network, sha256_of
from model.network.transformer import Block, Network, embedding_parts
from model.vocab import Vocabulary


def begin_from(network: Network, vocabulary: Vocabulary, folder: Path, old_words: Path) -> int:
    """Copy the checkpoint in `folder` into `network`.

    Args:
        network: over `vocabulary`; changed in place.
        vocabulary: of the new run.
        folder: weights and index of the earlier run.
        old_words: vocabulary file of the earlier run.

    Returns:
        Tokens that the old vocabulary has, too.

    Raises:
        CheckpointError: the checkpoint cannot be used, its blocks have another shape, or it is
            deeper than `network`.
    """
    before = Vocabulary.load(old_words)
    old = load_network(folder, before, sha256_of(old_words))
    depth, new_depth = old.config.layers, network.config.layers
    if old.config.width != network.config.width or depth > new_depth:
        raise CheckpointError(
            f"{folder}: the blocks are {old.config.width} x {depth}, not "
            f"{network.config.width} x {new_depth}; ask for that width and no less depth"
        )
    try:
        _copy_blocks(network, old)
    except RuntimeError as exc:
        raise CheckpointError(f"{folder}: the blocks have another shape ({exc})") from exc
    old_parts, parts = embedding_parts(before), embedding_parts(vocabulary)
    _copy_rows(
        (network.characters.weight, _keys(vocabulary.texts, parts[0])),
        (old.characters.weight, _keys(before.texts, old_parts[0])),
    )
    _copy_rows(
        (network.syllables.weight, _keys(vocabulary.syllables, parts[1])),
        (old.syllables.weight, _keys(before.syllables, old_parts[1])),
    )
    return _copy_rows((network.bias, _tokens(vocabulary)), (old.bias, _tokens(before)))


def _tokens(vocabulary: Vocabulary) -> dict[str, int]:
    pairs = zip(vocabulary.texts, vocabulary.syllables, strict=True)
    return {f"{text}\t{syllable}": i for i, (text, syllable) in enumerate(pairs)}


def _keys(names: Sequence[str], rows: list[int]) -> dict[str, int]:
    return dict(zip(names, rows, strict=True))


@torch.no_grad()
def _copy_blocks(network: Network, old: Network) -> None:
    """Copy all blocks and the last norm; further blocks are silent copies of those before."""
    copied = -1
    for place, block in enumerate(network.blocks):
        source = place * old.config.layers // network.config.layers
        block.load_state_dict(old.blocks[source].state_dict())
        if source == copied:
            assert isinstance(block, Block)
            block.attention.out.weight.zero_()
            block.feed_forward.down.weight.zero_()
        copied = source
    network.norm.load_state_dict(old.norm.state_dict())


@torch.no_grad()
def _copy_rows(new: tuple[Tensor, dict[str, int]], old: tuple[Tensor, dict[str, int]]) -> int:
    """Copy the rows whose names both tables have; returns how many."""
    shared = [(row, old[1][name]) for name, row in new[1].items() if name in old[1]]
    target, source = (torch.tensor(side) for side in zip(*shared, strict=True))
    new[0][target] = old[0][source]
    return len(shared)
