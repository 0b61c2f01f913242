"""Next-token log-probabilities of the network for a tree of histories.

The prefix is read once; then each call to `extend` is one batched decode step over the shared
`TreeCache`. States are row numbers of that cache. Of each state its hidden row is kept, not its
distribution, which takes 70 times the room.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from model.network.decode_step import DecodeStep
from model.network.transformer import Network
from model.network.tree_cache import FIRST_ROWS, KEPT_ROWS
from model.vocab import BEGIN, PAD

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

# Steps and prefixes are filled up to few numbers of rows, because for each of them five kernels
# are compiled and kept, 2.4 MB.
FEW_ROWS = 4
ROWS = 8  # a multiple of so many, if there are more
LEAST = np.float32(1e-30)  # smaller probabilities are rounded to nothing


class NetworkScorer:
    """Scores continuations with a `Network`.

    Args:
        network: copied; left as it is.
        device: where it runs.
        dtype: bf16 or fp32.
        context: tokens of left context that are read, the begin token included.
    """

    def __init__(
        self, network: Network, device: torch.device, dtype: torch.dtype, context: int = 64
    ) -> None:
        self._step = DecodeStep(network, device, dtype)
        self._device = device
        self._context = min(context, network.config.context)
        self._cache = self._step.new_cache()
        self._make_room()

    def _make_room(self) -> None:
        rows, width = FIRST_ROWS, self._step.config.width
        self._mask = np.zeros((rows, rows), np.bool_)
        self._depth = np.zeros(rows, np.int64)
        self._alive = np.zeros(rows, np.bool_)
        self._hidden = torch.zeros(rows, width, dtype=self._step.dtype, device=self._device)

    def _clear(self) -> None:
        self._cache.clear()
        if len(self._depth) > KEPT_ROWS:
            self._make_room()

    @torch.inference_mode()
    def start(self, context: Sequence[int]) -> int:
        """Forget everything, read `context`, return its state."""
        self._clear()
        tokens = [BEGIN, *context[len(context) - min(len(context), self._context - 1) :]]
        filled = _rows(len(tokens)) - len(tokens)
        count = filled + len(tokens)
        self._reserve(count)
        self._mask[:count, :count] = np.tri(count, dtype=np.bool_)
        self._mask[filled:count, :filled] = False  # nobody sees what only fills up
        self._depth[:count] = np.maximum(np.arange(count) - filled, 0)
        self._run(np.array([PAD] * filled + tokens))
        return count - 1

    @torch.inference_mode()
    def start_many(self, contexts: Sequence[Sequence[int]]) -> IntArray:
        """Forget everything, read all contexts in one step, return their states."""
        self._clear()
        tokens: list[int] = []
        ends = []
        room = self._context - 1
        self._reserve(len(contexts) * self._context)
        for context in contexts:
            first = len(tokens)
            tokens += [BEGIN, *context[max(0, len(context) - room) :]]
            end = len(tokens)
            self._mask[first:end, :end] = False
            self._mask[first:end, first:end] = np.tri(end - first, dtype=np.bool_)
            self._depth[first:end] = np.arange(end - first)
            ends.append(end - 1)
        self._run(np.asarray(tokens))
        return np.asarray(ends)

    @torch.inference_mode()
    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states of `parents` (B,) each followed by its token (B,)."""
        first, count = self._cache.rows, len(tokens)
        filled = _filled_up(count)
        parents, tokens = parents[filled], tokens[filled]
        self._reserve(first + len(filled))
        rows = np.arange(first, first + len(filled))
        self._mask[rows, : first + len(filled)] = False
        self._mask[rows, :first] = self._mask[parents, :first]
        self._mask[rows, rows] = True
        # Far past the trained length positions repeat the last one rather than fail.
        limit = self._step.positions - 1
        self._depth[rows] = np.minimum(self._depth[parents] + 1, limit)
        self._run(tokens)
        self._alive[first + count :] = False
        self._cache.rows = first + count
        return rows[:count]

    def _run(self, tokens: IntArray) -> None:
        first = self._cache.rows
        end = first + len(tokens)
        self._hidden[first:end] = self._step.run(
            torch.from_numpy(np.ascontiguousarray(tokens)).to(self._device),
            torch.from_numpy(self._depth[first:end]).to(self._device),
            self._cache,
            torch.from_numpy(self._mask[first:end, :end]).to(self._device),
        )
        self._alive[first:end] = True

    @torch.inference_mode()
    def probabilities(self, states: IntArray) -> FloatArray:
        """(B, V) probabilities of the token after each state, computed anew at each call."""
        asked = torch.from_numpy(states[_filled_up(len(states))]).to(self._device)
        logits = self._step.logits(self._hidden[asked])
        found: FloatArray = torch.softmax(logits, dim=-1).cpu().numpy()
        return found[: len(states)]

    def log_probs(self, states: IntArray) -> FloatArray:
        """(B, V) log-probabilities in nats of the token after each state."""
        logs: FloatArray = np.log(np.maximum(self.probabilities(states), LEAST))
        return logs

    def release(self, states: IntArray) -> None:
        """Forget states; rows at the end of the cache are used again."""
        self._alive[states] = False
        end = self._cache.rows
        while end and not self._alive[end - 1]:
            end -= 1
        self._cache.rows = end

    def _reserve(self, rows: int) -> None:
        size = len(self._depth)
        if rows <= size:
            return
        while size < rows:
            size *= 2
        old = len(self._depth)
        mask = np.zeros((size, size), np.bool_)
        mask[:old, :old] = self._mask
        self._mask = mask
        self._depth = np.pad(self._depth, (0, size - old))
        self._alive = np.pad(self._alive, (0, size - old))
        self._hidden = functional.pad(self._hidden, (0, 0, 0, size - old))


def _rows(count: int) -> int:
    """The number of rows that `count` of them are filled up to."""
    return FEW_ROWS if count <= FEW_ROWS else -(-count // ROWS) * ROWS


def _filled_up(count: int) -> IntArray:
    """Indices of `count` rows, some of them again, as many as `_rows` says."""
    return np.arange(_rows(count)) % max(1, count)
