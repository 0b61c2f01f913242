"""Settings of the network and of its training, as frozen values that travel with the weights."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Shape of the network.

    Attributes:
        vocab_size: tokens, V.
        characters: rows of the character part of the embedding.
        syllables: rows of the reading part of the embedding.
        width: residual stream, D; a multiple of `heads`.
        layers: blocks.
        heads: attention heads; `width / heads` must be even (rotary pairs).
        hidden: width of the gated feed-forward layer.
        context: longest sequence the network is trained on, in tokens.
        dropout: share of activations dropped in training, 0 to 1.
    """

    vocab_size: int
    characters: int
    syllables: int
    width: int = 256
    layers: int = 6
    heads: int = 4
    hidden: int = 704
    context: int = 128
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.width % self.heads or (self.width // self.heads) % 2:
            raise ValueError(f"width {self.width} must split into {self.heads} heads of even size")

    def to_json(self) -> str:
        """One JSON object, for the metadata of a checkpoint."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read what `to_json` wrote.

        Raises:
            ValueError: unknown or missing fields.
        """
        values = json.loads(text)
        names = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or not set(values) <= names:
            raise ValueError(f"model configuration has unknown fields: {sorted(set(values) - names)}")
        return cls(**values)
