"""Text that a network makes up, to hold a fine-tuned one to what it said before.

The base model itself is the source and the teacher (Shin et al. 2017), so that no one's
sentences have to be shipped, and text that the user never typed stays as it was.

Legend: B batch, T time, D width.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from model.network.decode_step import DecodeStep
from model.network.transformer import Network
from model.vocab import BEGIN, LATIN, PAD, UNKNOWN

_NEVER_SAMPLED = (PAD, BEGIN, UNKNOWN, LATIN)


@dataclass(frozen=True)
class Rehearsal:
    """Made-up text, and what its maker thought at every place.

    Attributes:
        tokens: (B, T); each row begins with the begin token.
        hidden: (B, T, D) of the network that made it up.
    """

    tokens: Tensor
    hidden: Tensor


@torch.no_grad()
def sample_replay(
    network: Network, count: int, length: int, seed: int, tick: Callable[[int], None]
) -> Rehearsal:
    """Let a network on the CPU write `count` texts of `length` tokens.

    Args:
        network: in fp32; set to evaluation.
        count: B.
        length: T, at most the network's context.
        seed: of the draw.
        tick: called with the number of tokens each text has.
    """
    network.eval()
    generator = torch.Generator().manual_seed(seed)
    step = DecodeStep(network, torch.device("cpu"), torch.float32)
    cache = step.new_cache()
    own = torch.eye(count, dtype=torch.bool)
    tokens = [torch.full((count,), BEGIN)]
    for place in range(length - 1):
        mask = own.repeat(1, place + 1)  # (B, rows): text i sees the rows i of all steps
        depths = torch.full((count,), place)
        logits = step.logits(step.run(tokens[-1], depths, cache, mask))
        logits[:, list(_NEVER_SAMPLED)] = -math.inf
        drawn = torch.multinomial(logits.softmax(-1), 1, generator=generator)  # (B, 1)
        tokens.append(drawn[:, 0])
        tick(place + 2)
    text = torch.stack(tokens, dim=1)  # (B, T)
    return Rehearsal(text, network.hidden(text))
