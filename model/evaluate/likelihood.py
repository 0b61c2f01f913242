"""Log-probabilities of the true next tokens of held-out text.

Both models see the same text: the network in windows of its context, read in full sequences;
the n-gram token by token. Only hanzi are scored, because only they are ever converted to. torch
is imported only where the network is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from model.data.labelled import LabelledRow
from model.ngram.trie import NgramScorer
from model.vocab import BEGIN, FIRST_HANZI, PAD, Vocabulary

if TYPE_CHECKING:
    import torch

    from model.network.transformer import Network

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

LONGEST_DOCUMENT = 1024  # tokens; a few articles would fill a sample of whole ones


@dataclass(frozen=True)
class Passage:
    """Text to score: hanzi from token number `first` on, after the tokens before it."""

    tokens: IntArray
    first: int = 0

    def scored(self) -> IntArray:
        """Indices of the tokens that are scored, ascending."""
        found = np.flatnonzero(self.tokens >= FIRST_HANZI)
        return found[found >= self.first]


def document_passages(tokens: npt.NDArray[np.uint16], hanzi: int, seed: int) -> list[Passage]:
    """Documents of a split, in an order drawn by `seed`, until they hold `hanzi` hanzi."""
    begins = np.flatnonzero(tokens == BEGIN)
    ends = np.append(begins[1:], len(tokens))
    passages: list[Passage] = []
    for i in np.random.default_rng(seed).permutation(len(begins)).tolist():
        if hanzi <= 0:
            break
        end = min(ends[i], begins[i] + 1 + LONGEST_DOCUMENT)
        passages.append(Passage(tokens[begins[i] + 1 : end].astype(np.int64)))
        hanzi -= len(passages[-1].scored())
    return passages


def row_passages(
    rows: Sequence[LabelledRow], vocabulary: Vocabulary, context: int
) -> list[Passage]:
    """The hanzi of labelled rows after up to `context` tokens of what stands before them."""
    passages = []
    for row in rows:
        left = vocabulary.encode(row.context, limit=context)
        passages.append(Passage(np.array(left + row.tokens(vocabulary)), len(left)))
    return passages


def ngram_log_probs(
    scorer: NgramScorer, passages: Sequence[Passage]
) -> tuple[FloatArray, IntArray]:
    """Of each scored hanzi, passage by passage, what the n-gram says.

    Returns:
        (N,) nats, and (N,) how many tokens of its history, 1 to ORDER - 1, the n-gram knows.
    """
    logs, known = [np.zeros(0)], [np.zeros(0, np.int64)]
    for passage in passages:
        states = [scorer.start([])]
        for token in passage.tokens[:-1].tolist():
            states += scorer.extend(np.array(states[-1:]), np.array([token])).tolist()
        scored = passage.scored()
        histories = np.array(states)[scored]
        known.append(scorer.knowledge(histories).astype(np.int64))
        for i in range(0, len(scored), 64):  # 64 distributions are 2 MB
            rows = scorer.probabilities(histories[i : i + 64])
            true = passage.tokens[scored[i : i + 64]]
            logs.append(np.log(rows[np.arange(len(rows)), true].astype(np.float64)))
    return np.concatenate(logs), np.concatenate(known)


@dataclass(frozen=True)
class _Window:
    """Inputs of one forward pass, and where in it which scored hanzi are predicted."""

    inputs: IntArray
    places: IntArray
    targets: IntArray
    results: IntArray


def _windows(passage: Passage, offset: int, length: int) -> Iterator[_Window]:
    """Windows of `length` tokens, each scoring its second half, the first one all of it."""
    scored = passage.scored()
    start = max(0, passage.first - length // 2)
    done = passage.first
    while done < len(passage.tokens):
        end = min(start + length, len(passage.tokens))
        inputs = np.concatenate(([BEGIN], passage.tokens[start : end - 1]))
        inside = np.flatnonzero((scored >= done) & (scored < end))
        if len(inside):
            indices = scored[inside]
            yield _Window(inputs, indices - start, passage.tokens[indices], offset + inside)
        start, done = start + length // 2, end


def network_log_probs(
    network: Network, device: torch.device, passages: Sequence[Passage], batch: int = 16
) -> FloatArray:
    """(N,) nats of each scored hanzi, passage by passage.

    Args:
        network: in fp32 on `device`.
        device: where it runs.
        passages: what to score.
        batch: windows a forward pass.
    """
    import torch
    from torch.nn import functional

    windows: list[_Window] = []
    count = 0
    for passage in passages:
        windows += _windows(passage, count, network.config.context)
        count += len(passage.scored())
    windows.sort(key=lambda window: len(window.inputs))  # so that little is filled up
    logs = np.zeros(count)
    network.eval()
    with torch.inference_mode():
        output = network.embedding()
        for i in range(0, len(windows), batch):
            group = windows[i : i + batch]
            hidden = network.hidden(torch.from_numpy(_fill_up(group)).to(device))  # (B, T, D)
            rows = np.concatenate([np.full(len(w.places), n) for n, w in enumerate(group)])
            places = np.concatenate([window.places for window in group])
            chosen = hidden[torch.from_numpy(rows), torch.from_numpy(places)]  # (M, D)
            logits = functional.linear(chosen, output, network.bias).float()
            targets = torch.from_numpy(np.concatenate([window.targets for window in group]))
            found = -functional.cross_entropy(logits, targets.to(device), reduction="none")
            logs[np.concatenate([window.results for window in group])] = found.cpu().numpy()
    return logs


def _fill_up(windows: Sequence[_Window]) -> IntArray:
    """(B, T) inputs; what is filled up comes last, where a causal network does not see it."""
    longest = max(len(window.inputs) for window in windows)
    inputs = np.full((len(windows), longest), PAD)
    for row, window in zip(inputs, windows, strict=True):
        row[: len(window.inputs)] = window.inputs
    return inputs
