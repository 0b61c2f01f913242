"""Training crops out of memory-mapped token shards.

A crop starts at a word boundary with the begin token, so that "no context" means "anywhere"
and not "at the start of an article". Crop number i of a run is a pure function of the seed
and i: a resumed run continues with the crops that the stopped one would have drawn.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.vocab import BEGIN, UNKNOWN

IGNORED = -1  # target of positions that do not count in the loss


class TokenShards:
    """Read-only view of the shards `SPLIT-000.bin`, `SPLIT-001.bin`... of a data folder.

    Raises:
        FileNotFoundError: the folder has no shard of that split.
    """

    def __init__(self, folder: Path, split: str) -> None:
        paths = sorted(folder.glob(f"{split}-*.bin"))
        if not paths:
            raise FileNotFoundError(
                f"{folder}: no {split}-*.bin; first run python -m model.data"
            )
        self.tokens = [np.memmap(path, np.uint16, mode="r") for path in paths]
        starts = [path.with_suffix(".starts") for path in paths]
        self._starts = [np.memmap(path, np.uint8, mode="r") for path in starts]
        self._offsets = np.cumsum([0, *(len(part) for part in self.tokens)])

    def __len__(self) -> int:
        return int(self._offsets[-1])

    def crops(
        self, seed: int, first: int, count: int, length: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Crops number `first`..`first + count` of a run.

        Returns:
            Inputs and targets, each (count, length).
        """
        inputs = np.empty((count, length), np.int64)
        targets = np.empty((count, length), np.int64)
        for row in range(count):
            generator = np.random.default_rng([seed, first + row])
            crop = self._crop(int(generator.integers(len(self))), length)
            inputs[row, 0] = BEGIN
            inputs[row, 1:] = crop[:-1]
            targets[row] = crop
        targets[(targets == UNKNOWN) | (targets == BEGIN)] = IGNORED
        return inputs, targets

    def _crop(self, position: int, length: int) -> npt.NDArray[np.int64]:
        shard = int(np.searchsorted(self._offsets, position, side="right")) - 1
        tokens, starts = self.tokens[shard], self._starts[shard]
        start = max(0, min(position - int(self._offsets[shard]), len(tokens) - length - 1))
        # Bits are packed high first; a word is never longer than a few tokens.
        while start and not starts[start >> 3] >> (7 - (start & 7)) & 1:
            start -= 1
        crop = tokens[start : start + length].astype(np.int64)
        # Only a shard shorter than one crop, such as a small last one, needs filling up.
        return np.pad(crop, (0, length - len(crop)), constant_values=UNKNOWN)
