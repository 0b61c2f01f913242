from __future__ import annotations

import numpy as np
import pytest

from ime.convert.score import edge_tokens
from ime.convert.score.edge_tokens import EdgeTokens
from ime.pinyin.graph import Edge, EdgeKind
from ime.ports import TokenTable


def test_tokens_of_a_bounded_number_of_edges_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_tokens, "MOST_EDGES", 3)
    counts = np.ones(2, np.int64)
    table = TokenTable(("你", "好"), ("ni", "hao"), {"ni": np.array([0])}, counts)
    tokens = EdgeTokens(table)
    for number in range(10):
        edge = Edge(0, 2, ("ni", f"x{number}"), EdgeKind.EXACT, 0.0)
        assert tokens.places(edge) == {0: 0}
        assert tokens.of(edge)[0].tolist() == [0]
        assert max(len(tokens._cache), len(tokens._places)) <= 3
