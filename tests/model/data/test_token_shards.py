from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.data.token_shards import IGNORED, TokenShards
from model.vocab import BEGIN, BREAK, UNKNOWN
from tests.model.conftest import TinyText


def test_shards_are_read_in_order(data: Path, text: TinyText) -> None:
    shards = TokenShards(data, "train")
    assert len(shards.tokens) == 2
    assert np.concatenate(shards.tokens).tolist() == text.tokens.tolist()
    assert len(shards) == len(text.tokens)


def test_folder_without_shards_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"train-\*\.bin; first run"):
        TokenShards(tmp_path, "train")


def test_crop_is_a_function_of_seed_and_number(data: Path) -> None:
    shards = TokenShards(data, "train")
    inputs, targets = shards.crops(5, 0, 8, 12)
    assert inputs.shape == targets.shape == (8, 12)
    later, later_targets = TokenShards(data, "train").crops(5, 3, 2, 12)
    assert later.tolist() == inputs[3:5].tolist()
    assert later_targets.tolist() == targets[3:5].tolist()
    assert shards.crops(6, 0, 8, 12)[0].tolist() != inputs.tolist()


def test_targets_are_inputs_one_later(data: Path) -> None:
    inputs, targets = TokenShards(data, "train").crops(1, 0, 50, 16)
    assert (inputs[:, 0] == BEGIN).all()
    counted = targets[:, :-1] != IGNORED
    assert (inputs[:, 1:][counted] == targets[:, :-1][counted]).all()


def test_unknown_and_begin_are_no_targets(data: Path) -> None:
    inputs, targets = TokenShards(data, "train").crops(1, 0, 50, 16)
    ignored = targets[:, :-1] == IGNORED
    assert set(inputs[:, 1:][ignored].tolist()) == {UNKNOWN, BEGIN}
    assert not {UNKNOWN, BEGIN} & set(targets.ravel().tolist())


def test_crops_begin_at_word_starts_everywhere(data: Path, text: TinyText) -> None:
    inputs, _ = TokenShards(data, "train").crops(1, 0, 200, 12)
    places = set()
    for row in inputs.tolist():
        found = [
            i
            for i in np.flatnonzero(text.tokens == row[1]).tolist()
            if text.tokens[i : i + 11].tolist() == row[1:]
        ]
        assert any(text.starts[i] for i in found)
        places.add(row[1])
    assert {BREAK, BEGIN} < places  # and not only at the head of lines and documents


def test_crops_come_from_all_shards(data: Path, text: TinyText) -> None:
    shards = TokenShards(data, "train")
    first = np.asarray(shards.tokens[0]).tolist()
    inputs, _ = shards.crops(2, 0, 60, 40)
    inside = sum(
        any(first[i : i + 39] == row[1:] for i in range(len(first))) for row in inputs.tolist()
    )
    assert 15 < inside < 45  # the shards are about equally long


def test_short_shard_is_filled_up(tmp_path: Path) -> None:
    np.array([BEGIN, 50, 51], np.uint16).tofile(tmp_path / "dev-000.bin")
    np.packbits([True] * 3).tofile(tmp_path / "dev-000.starts")
    inputs, targets = TokenShards(tmp_path, "dev").crops(1, 0, 3, 8)
    assert targets.tolist() == [[IGNORED, 50, 51, *[IGNORED] * 5]] * 3
    assert inputs[0, :4].tolist() == [BEGIN, BEGIN, 50, 51]
