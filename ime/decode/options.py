"""What a converter is opened with and cannot change afterwards; loads no model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ime.errors import Message
from ime.values import CONTEXT_TOKENS


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Which model converts, and where.

    Attributes:
        tier: `auto` for the Transformer mixed with the n-gram, `ngram` for that alone.
        device: `auto`, or one of `model.device`.
        threads: of the processor, at least 1.
        context_tokens: of the left context that are read.
        adapter: file of the personal adapter in use; None for the shipped model alone.
    """

    tier: Literal["auto", "ngram"] = "auto"
    device: str = "auto"
    threads: int = 1
    context_tokens: int = CONTEXT_TOKENS
    adapter: Path | None = None


def adapter_notice(why: object) -> Message:
    """What is said where the personal adapter cannot be used."""
    return Message.of("engine.fault.personal", why=str(why))
