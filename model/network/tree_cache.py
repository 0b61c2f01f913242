"""The key-value cache of a beam, as one tree.

Every decoded token of every hypothesis is one row. A new row attends to its ancestors only,
which a boolean mask says; so branching copies nothing, and going back means forgetting
rows. (The tree attention of speculative decoding, Miao et al. 2023, used for a beam.)
"""

from __future__ import annotations

import torch
from torch import Tensor

from model.network.config import ModelConfig

FIRST_ROWS = 256
KEPT_ROWS = 1024  # 8 MB; 80 letters take twice as many, parts chosen of them 3,000


class TreeCache:
    """Keys and values (L, H, rows, K) of all live rows, grown by doubling.

    Args:
        config: of the network.
        dtype: of keys and values.
        device: where they lie.
    """

    def __init__(self, config: ModelConfig, dtype: torch.dtype, device: torch.device) -> None:
        size = config.width // config.heads
        shape = (config.layers, config.heads, FIRST_ROWS, size)
        self._keys = torch.zeros(shape, dtype=dtype, device=device)
        self._values = torch.zeros(shape, dtype=dtype, device=device)
        self.rows = 0

    @property
    def capacity(self) -> int:
        """Rows that there is room for."""
        return int(self._keys.shape[2])

    def write(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Put (H, N, K) new rows behind the live ones; return all (H, S, K) of that layer."""
        end = self.rows + keys.shape[1]
        if end > self.capacity:
            self._grow(end)
        self._keys[layer, :, self.rows : end] = keys
        self._values[layer, :, self.rows : end] = values
        return self._keys[layer, :, :end], self._values[layer, :, :end]

    def advance(self, count: int) -> None:
        """Count `count` rows, written by every layer, as live."""
        self.rows += count

    def clear(self) -> None:
        """Forget every row, and give room for more than `KEPT_ROWS` back."""
        self.rows = 0
        if self.capacity > KEPT_ROWS:
            layers, heads, _, size = self._keys.shape
            self._keys = self._keys.new_zeros((layers, heads, FIRST_ROWS, size))
            self._values = self._values.new_zeros((layers, heads, FIRST_ROWS, size))

    def _grow(self, rows: int) -> None:
        capacity = self.capacity
        while capacity < rows:
            capacity *= 2
        layers, heads, _, size = self._keys.shape
        for name in ("_keys", "_values"):
            old = getattr(self, name)
            new = old.new_zeros((layers, heads, capacity, size))
            new[:, :, : self.rows] = old[:, :, : self.rows]
            setattr(self, name, new)
