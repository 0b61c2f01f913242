"""The shape of the network, a frozen value that travels with the weights."""

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
        for field in fields(self)[:-1]:
            value = getattr(self, field.name)
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{field.name} must be a positive whole number, not {value!r}")
        if self.width % self.heads or (self.width // self.heads) % 2:
            raise ValueError(f"width {self.width} does not split into {self.heads} even heads")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be from 0 to below 1, not {self.dropout!r}")

    def to_json(self) -> str:
        """One JSON object, for the metadata of a checkpoint."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read what `to_json` wrote.

        Raises:
            ValueError: unknown fields, or values out of range.
            TypeError: missing fields.
        """
        values = json.loads(text)
        names = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or not set(values) <= names:
            raise ValueError(f"a model configuration has only the fields {sorted(names)}")
        return cls(**values)
