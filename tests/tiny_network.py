"""A vocabulary of a dozen hanzi, and a network so small that a test trains it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ime.personalize.active_version import ACTIVE
from model.network.adapter import (
    Adapter,
    AdapterInfo,
    attach,
    base_digest,
    read_tensors,
    save_adapter,
)
from model.network.checkpoint import save_weights, sha256_of
from model.network.config import ModelConfig
from model.network.transformer import Network, embedding_parts
from model.ngram.trie import ORDER, write_levels
from model.vocab import Vocabulary

PAIRS = (
    ("你", "ni"), ("好", "hao"), ("号", "hao"), ("世", "shi"), ("是", "shi"), ("事", "shi"),
    ("界", "jie"), ("接", "jie"), ("北", "bei"), ("背", "bei"), ("京", "jing"), ("景", "jing"),
)  # fmt: skip


def tiny_vocabulary() -> Vocabulary:
    """Specials, marks and `PAIRS`."""
    return Vocabulary.from_pairs(PAIRS)


def tiny_network() -> Network:
    """The same random network every time."""
    return random_network(tiny_vocabulary(), hidden=48, context=32, seed=3)


def random_network(vocabulary: Vocabulary, *, hidden: int, context: int, seed: int) -> Network:
    """Two blocks of width 32 with random weights, the same for the same seed.

    Args:
        vocabulary: of its tokens.
        hidden: width of the feed-forward layers.
        context: longest sequence, in tokens.
        seed: of the weights.
    """
    parts = embedding_parts(vocabulary)
    config = ModelConfig(
        vocab_size=len(parts[0]),
        characters=max(parts[0]) + 1,
        syllables=max(parts[1]) + 1,
        width=32,
        layers=2,
        heads=2,
        hidden=hidden,
        context=context,
    )
    torch.manual_seed(seed)
    network = Network(config, parts)
    for parameter in network.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.2)
    return network.eval()


def tiny_assets(folder: Path) -> Path:
    """Shipped files of the tiny network: words, weights, n-gram, general sentences."""
    (folder / "ngram").mkdir(parents=True)
    (folder / "anchors").mkdir()
    vocabulary = tiny_vocabulary()
    vocabulary.save(folder / "vocab.tsv")
    save_weights(tiny_network(), sha256_of(folder / "vocab.tsv"), folder / "weights", {})
    (folder / "weights" / "mixture.json").write_text('{"network_share": [0.9, 0.9, 0.9, 0.9]}')
    nothing = (np.empty(0, np.int64), np.empty(0, np.uint16), np.empty(0, np.uint8))
    flat = np.full(len(vocabulary), 1 / len(vocabulary))
    write_levels(folder / "ngram", flat, [nothing] * (ORDER - 1))
    general = "".join(f"{char}\t{syllable}\n" for char, syllable in PAIRS)
    (folder / "anchors" / "general.tsv").write_text(general, encoding="utf-8")
    return folder


def tiny_adapters(folder: Path, weights: Path) -> Path:
    """Version v0001, in use, with B of ones; v0002 was made for other weights."""
    network = tiny_network()
    attach(network, 2, 4.0)
    tensors = {
        name: torch.ones_like(value) if name.endswith("B") else value
        for name, value in read_tensors(network).items()
    }
    folder.mkdir()
    info = AdapterInfo(base_digest(weights), 2, 4.0)
    save_adapter(Adapter(info, tensors), folder / "v0001.safetensors")
    other = Adapter(replace(info, base="0" * 64), tensors)
    save_adapter(other, folder / "v0002.safetensors")
    (folder / ACTIVE).write_text(json.dumps({"version": "v0001"}))
    return folder
