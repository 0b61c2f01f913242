from __future__ import annotations

import pytest

from model.finetune.examples import Chain
from model.finetune.padding import padded, rounded
from model.vocab import PAD


@pytest.mark.parametrize(("size", "expected"), [(1, 8), (8, 8), (9, 16), (0, 0)])
def test_sizes_are_rounded_up(size: int, expected: int) -> None:
    assert rounded(size, 8) == expected


def test_chains_are_filled_up_and_nothing_is_wanted_behind_them() -> None:
    chains = [
        Chain((11, 12, 13), (False, False, True)),
        Chain(tuple(range(20, 29)), (False,) * 7 + (True, True)),
    ]
    tokens, wanted = padded(chains, 128)
    assert tokens.shape == wanted.shape == (8, 16)
    assert tokens[0].tolist() == [11, 12, 13] + [PAD] * 13
    assert tokens[1].tolist() == [*range(20, 29)] + [PAD] * 7
    assert (tokens[2:] == PAD).all()
    assert wanted.nonzero().tolist() == [[0, 1], [1, 6], [1, 7]]


def test_no_batch_is_longer_than_the_network_reads() -> None:
    tokens, _ = padded([Chain((11, 12, 13), (False, True, True))], 5)
    assert tokens.shape == (8, 5)


def test_rows_are_not_filled_up_where_that_only_costs_time() -> None:
    chains = [Chain((11, 12, 13), (False, False, True))] * 3
    assert padded(chains, 128, rows=1)[0].shape == (3, 8)
