"""Where millions of ranges begin that follow one another, in two bytes each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_SHIFTS = (6, 3, 0)  # 64, 8 or 1 ranges have a beginning of their own in common


def _distances(ends: npt.NDArray[np.uint32], shift: int) -> npt.NDArray[np.uint32]:
    whole = np.repeat(ends[:: 1 << shift], 1 << shift)[: len(ends)]
    return ends - whole


def _fits(ends: npt.NDArray[np.uint32], shift: int) -> bool:
    return int(_distances(ends, shift).max()) <= np.iinfo(np.uint16).max


class Ranges:
    """Ranges without gaps between them; the first one begins at 0.

    The beginning of every 64th is kept whole, the others by their distance from it; if one of
    the distances takes more than two bytes, that of every 8th or of each is.

    Args:
        lengths: (N,) of the ranges, 0 and more.
    """

    def __init__(self, lengths: npt.NDArray[np.unsignedinteger]) -> None:
        ends = np.zeros(len(lengths) + 1, np.uint32)
        np.cumsum(lengths, out=ends[1:])
        self._shift = next(shift for shift in _SHIFTS if _fits(ends, shift))
        self._whole = ends[:: 1 << self._shift].copy()
        self._distances = _distances(ends, self._shift).astype(np.uint16)

    def __len__(self) -> int:
        return len(self._distances) - 1

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return self._begin(len(self))

    def __getitem__(self, number: int) -> tuple[int, int]:
        """Beginning and end of a range, by its number from 0; negative ones are not wrapped."""
        return self._begin(number), self._begin(number + 1)

    def lengths(self) -> npt.NDArray[np.uint32]:
        """(N,) lengths of all."""
        begins = np.repeat(self._whole, 1 << self._shift)[: len(self._distances)]
        return np.diff(begins + self._distances)

    def _begin(self, number: int) -> int:
        return self._whole.item(number >> self._shift) + self._distances.item(number)
