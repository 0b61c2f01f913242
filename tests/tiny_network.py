"""A vocabulary of a dozen hanzi, and a network so small that a test trains it."""

from __future__ import annotations

import torch

from model.config import ModelConfig
from model.network import Network, embedding_parts
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
    parts = embedding_parts(tiny_vocabulary())
    config = ModelConfig(
        vocab_size=len(parts[0]),
        characters=max(parts[0]) + 1,
        syllables=max(parts[1]) + 1,
        width=32,
        layers=2,
        heads=2,
        hidden=48,
        context=32,
    )
    torch.manual_seed(3)
    network = Network(config, parts)
    for parameter in network.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.2)
    return network.eval()
