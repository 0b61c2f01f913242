"""What the layers above a language model hand on unchanged."""

from __future__ import annotations

from collections.abc import Sequence

from ime.ports import FloatArray, IntArray, LanguageModel, TokenTable
from ime.values import LeftContext


class ModelLayer:
    """The part of a `LanguageModel` that is its base's own.

    Args:
        base: the model below.
    """

    def __init__(self, base: LanguageModel) -> None:
        self._base = base

    @property
    def tokens(self) -> TokenTable:
        """The tokens of the base."""
        return self._base.tokens

    def encode(self, context: LeftContext) -> list[int]:
        """Token ids of a left context."""
        return self._base.encode(context)

    def best_sequels(self, groups: IntArray) -> FloatArray:
        """(V, G) highest probabilities of each group behind each token, of the base."""
        return self._base.best_sequels(groups)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) probabilities that no hanzi follows, of the base."""
        return self._base.endings(histories)
