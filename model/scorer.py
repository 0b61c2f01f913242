"""Next-token log-probabilities of the network for a tree of histories.

The prefix is read once; then each call to `extend` is one batched decode step over the shared
`TreeCache`. States are row numbers of that cache.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from model.cache import TreeCache
from model.network import Network
from model.vocab import BEGIN

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

# A step is filled up to a multiple of so many rows: kernels are compiled and kept for each
# number of rows, about 1.5 MB.
ROWS = 4
LEAST = np.float32(1e-30)  # smaller probabilities are rounded to nothing


class NetworkScorer:
    """Scores continuations with a `Network`.

    Args:
        network: in evaluation mode; converted to `dtype` on `device`.
        device: where it runs.
        dtype: bf16 or fp32.
        context: tokens of left context that are read, the begin token included.
    """

    def __init__(
        self, network: Network, device: torch.device, dtype: torch.dtype, context: int = 64
    ) -> None:
        cos, sin = network.cos.float(), network.sin.float()
        self.network = network.eval().to(device=device, dtype=dtype)
        # Rounded to bf16, the angles of neighbouring positions become the same.
        self.network.cos, self.network.sin = cos.to(device), sin.to(device)
        self._device = device
        self._context = min(context, network.config.context)
        self._cache = TreeCache(network.config, dtype, device)
        with torch.inference_mode():
            self._output = self.network.embedding()
        self._mask = np.zeros((256, 256), np.bool_)
        self._depth = np.zeros(256, np.int64)
        self._alive = np.zeros(256, np.bool_)
        self._probs: list[FloatArray | None] = []

    @torch.inference_mode()
    def start(self, context: Sequence[int]) -> int:
        """Forget everything, read `context`, return its state."""
        self._cache.clear()
        self._probs = []
        tokens = [BEGIN, *context[len(context) - min(len(context), self._context - 1) :]]
        count = len(tokens)
        self._reserve(count)
        self._mask[:count, :count] = np.tri(count, dtype=np.bool_)
        self._depth[:count] = np.arange(count)
        self._run(np.asarray(tokens), count, last_only=True)
        return count - 1

    @torch.inference_mode()
    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states of `parents` (B,) each followed by its token (B,)."""
        first, count = self._cache.rows, len(tokens)
        filled = np.arange(-(-count // ROWS) * ROWS) % count
        parents, tokens = parents[filled], tokens[filled]
        self._reserve(first + len(filled))
        rows = np.arange(first, first + len(filled))
        self._mask[rows, : first + len(filled)] = False
        self._mask[rows, :first] = self._mask[parents, :first]
        self._mask[rows, rows] = True
        # Far past the trained length positions repeat the last one rather than fail.
        limit = len(self.network.cos) - 1
        self._depth[rows] = np.minimum(self._depth[parents] + 1, limit)
        self._run(tokens, len(filled), last_only=False)
        self._alive[first + count :] = False
        self._cache.rows = first + count
        del self._probs[first + count :]
        return rows[:count]

    def _run(self, tokens: IntArray, count: int, *, last_only: bool) -> None:
        first = self._cache.rows
        end = first + count
        logits = self.network.step(
            torch.from_numpy(np.ascontiguousarray(tokens)).to(self._device),
            torch.from_numpy(self._depth[first:end]).to(self._device),
            self._cache,
            torch.from_numpy(self._mask[first:end, :end]).to(self._device),
            self._output,
            last_only=last_only,
        )
        values = torch.softmax(logits.float(), dim=-1).cpu().numpy()
        self._alive[first:end] = True
        self._probs += [None] * (count - len(values)) + list(values)

    def probabilities(self, states: IntArray) -> FloatArray:
        """(B, V) probabilities of the token after each state."""
        rows = [self._probs[state] for state in states.tolist()]
        return np.stack([row for row in rows if row is not None])

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
        del self._probs[end:]

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
