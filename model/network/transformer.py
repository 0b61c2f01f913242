"""The full definition of the network: a causal Transformer over (hanzi, syllable) tokens.

Pre-norm blocks with RMSNorm (Zhang & Sennrich 2019), rotary positions (Su et al. 2021),
normalised queries and keys (Henry et al. 2020) and SwiGLU feed-forward layers (Shazeer
2020); input and output embeddings are tied, and each is the sum of a character row and a
reading row, so that a rare reading starts from what its character knows.

Legend: B batch, T time, D width, H heads, K head size, V vocabulary.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.network.config import ModelConfig
from model.vocab import Vocabulary

ROPE_BASE = 10_000.0  # Su et al. 2021, section 3.3


def embedding_parts(vocabulary: Vocabulary) -> tuple[list[int], list[int]]:
    """Row of the character part and row of the reading part for every token id."""
    characters: dict[str, int] = {}
    syllables: dict[str, int] = {}
    rows = [
        (
            characters.setdefault(text, len(characters)),
            syllables.setdefault(key, len(syllables)),
        )
        for text, key in zip(vocabulary.texts, vocabulary.syllables, strict=True)
    ]
    return [row for row, _ in rows], [row for _, row in rows]


def rotary_table(length: int, size: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines (length, size / 2) of the rotary angles."""
    rates = ROPE_BASE ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), rates)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the pairs of the last dimension; `cos` and `sin` broadcast over heads."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)


def _attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention in plain products.

    For crops of 128 tokens torch's own kernel takes four times as long on a CPU, because its
    backward pass works in blocks meant for long sequences.
    """
    time, size = q.shape[-2:]
    ahead = torch.full((time, time), -torch.inf, device=q.device).triu(1)
    scores = (q @ k.transpose(-1, -2)).float() / math.sqrt(size) + ahead  # (B, H, T, T)
    return scores.softmax(-1).to(v.dtype) @ v


class Attention(nn.Module):
    """Causal self-attention over a sequence; `DecodeStep` is its form for single steps."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.dropout = config.dropout
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)
        # Normalised q and k have length sqrt(K); one learnt factor a head restores sharpness.
        self.sharpness = nn.Parameter(torch.ones(config.heads))

    def _project(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, time, width = x.shape
        qkv = self.qkv(x).view(batch, time, 3, self.heads, width // self.heads)
        qkv = qkv.permute(2, 0, 3, 1, 4)  # (3, B, H, T, K)
        normed = F.rms_norm(qkv[:2], qkv.shape[-1:])
        q, k = rotate(normed, cos, sin).to(qkv.dtype)
        return q * self.sharpness.view(-1, 1, 1).to(q.dtype), k, qkv[2]

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """(B, T, D) to (B, T, D)."""
        q, k, v = self._project(x, cos, sin)
        drop = self.dropout if self.training else 0.0
        if q.device.type == "cpu" and self.training and not drop:
            mixed = _attend(q, k, v)
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=drop)
        return self.out(mixed.transpose(1, 2).reshape(x.shape))  # (B, H, T, K) -> (B, T, D)


class FeedForward(nn.Module):
    """SwiGLU: down(silu(gate x) * up x)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_up = nn.Linear(config.width, 2 * config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) to (B, T, D)."""
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(F.silu(gate) * up)


class Block(nn.Module):
    """Attention and feed-forward, each behind a norm and added to the residual stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.width)
        self.attention = Attention(config)
        self.feed_forward_norm = nn.RMSNorm(config.width)
        self.feed_forward = FeedForward(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """(B, T, D) to (B, T, D)."""
        x = x + self.dropout(self.attention(self.attention_norm(x), cos, sin))
        return x + self.dropout(self.feed_forward(self.feed_forward_norm(x)))


class Network(nn.Module):
    """Next-token logits over the vocabulary.

    Args:
        config: the shape.
        parts: `embedding_parts` of the vocabulary.
    """

    character_of: Tensor
    syllable_of: Tensor
    cos: Tensor
    sin: Tensor

    def __init__(self, config: ModelConfig, parts: tuple[list[int], list[int]]) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("character_of", torch.tensor(parts[0]), persistent=False)
        self.register_buffer("syllable_of", torch.tensor(parts[1]), persistent=False)
        # Inference may run past the trained length while a prefix of the context is kept.
        cos, sin = rotary_table(2 * config.context, config.width // config.heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.characters = nn.Embedding(config.characters, config.width)
        self.syllables = nn.Embedding(config.syllables, config.width)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width)
        self._initialise()

    def _initialise(self) -> None:
        std = 0.02
        for name, parameter in self.named_parameters():
            if parameter.ndim < 2:
                continue
            # Residual outputs shrink with depth, so that the stream keeps its scale (GPT-2).
            residual = name.endswith(("out.weight", "down.weight"))
            scale = 1 / math.sqrt(2 * self.config.layers) if residual else 1.0
            nn.init.normal_(parameter, std=std * scale)

    def embedding(self) -> Tensor:
        """(V, D): the sum of character part and reading part."""
        characters = self.characters.weight[self.character_of]
        return characters + self.syllables.weight[self.syllable_of]

    def hidden(self, tokens: Tensor) -> Tensor:
        """(B, T) token ids to the (B, T, D) normed stream from which logits are read.

        Raises:
            ValueError: T is beyond the trained context.
        """
        time = tokens.shape[1]
        if time > self.config.context:
            raise ValueError(f"{time} tokens do not fit a context of {self.config.context}")
        x = self.characters(self.character_of[tokens])  # (B, T, D)
        x = x + self.syllables(self.syllable_of[tokens])
        x = F.rms_norm(x, (self.config.width,))  # (B, T, D)
        cos, sin = self.cos[:time], self.sin[:time]
        for block in self.blocks:
            x = block(x, cos, sin)
        return self.norm(x)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits (B, T, V) of the token after each of `tokens` (B, T)."""
        return F.linear(self.hidden(tokens), self.embedding(), self.bias)
