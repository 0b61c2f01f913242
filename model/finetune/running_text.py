"""Running text as training rows: every hanzi is a target, what is between them is context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from model.finetune.examples import Chain
from model.vocab import BEGIN, FIRST_HANZI


def chains_of_text(tokens: Sequence[int], length: int) -> list[Chain]:
    """One text cut into chains of at most `length` tokens, in order.

    Args:
        tokens: ids of the text, without a begin token.
        length: 2 or more; what the network reads.
    """
    starts = range(0, len(tokens), length - 1)
    return [_chain(tokens[at : at + length - 1]) for at in starts]


def hanzi_of(lines: Iterable[Chain]) -> int:
    """How many hanzi of some chains are targets."""
    return sum(sum(line.wanted) for line in lines)


def _chain(tokens: Sequence[int]) -> Chain:
    return Chain((BEGIN, *tokens), (False, *(token >= FIRST_HANZI for token in tokens)))
