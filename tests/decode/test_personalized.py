from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ime.decode.personalized import Personalized, personalize
from model.adapter import (
    ACTIVE,
    Adapter,
    AdapterInfo,
    attach,
    base_digest,
    read_tensors,
    save_adapter,
)
from tests.tiny_network import tiny_assets, tiny_network


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return tiny_assets(tmp_path / "assets") / "weights"


@pytest.fixture
def adapters(tmp_path: Path, weights: Path) -> Path:
    """Version v0001, in use, with B of ones."""
    network = tiny_network()
    attach(network, 2, 4.0)
    tensors = {
        name: torch.ones_like(value) if name.endswith("B") else value
        for name, value in read_tensors(network).items()
    }
    folder = tmp_path / "adapters"
    folder.mkdir()
    info = AdapterInfo(base_digest(weights), 2, 4.0)
    save_adapter(Adapter(info, tensors), folder / "v0001.safetensors")
    other = Adapter(replace(info, base="0" * 64), tensors)
    save_adapter(other, folder / "v0002.safetensors")
    (folder / ACTIVE).write_text(json.dumps({"version": "v0001"}))
    return folder


def changed(weights: Path, adapters: Path) -> tuple[bool, Personalized]:
    """Whether a network is another one afterwards, and what is said of it."""
    network, base = tiny_network(), tiny_network()
    told = personalize(network, weights, adapters)
    same = all(
        torch.equal(a, b) for a, b in zip(network.parameters(), base.parameters(), strict=True)
    )
    return not same, told


def test_version_in_use_is_merged(weights: Path, adapters: Path) -> None:
    assert changed(weights, adapters) == (True, Personalized("v0001"))


@pytest.mark.parametrize("choice", [None, '{"version": ""}'], ids=["no file", "base chosen"])
def test_without_a_version_the_network_stays(
    weights: Path, adapters: Path, choice: str | None
) -> None:
    (adapters / ACTIVE).unlink()
    if choice is not None:
        (adapters / ACTIVE).write_text(choice)
    assert changed(weights, adapters) == (False, Personalized())
    assert changed(weights, adapters / "missing") == (False, Personalized())


def _cut(adapters: Path) -> None:
    path = adapters / "v0001.safetensors"
    path.write_bytes(path.read_bytes()[:-5])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_cut, id="half written"),
        pytest.param(lambda a: (a / "v0001.safetensors").unlink(), id="deleted"),
        pytest.param(lambda a: (a / ACTIVE).write_text("{"), id="choice damaged"),
        pytest.param(
            lambda a: (a / ACTIVE).write_text('{"version": "v0002"}'), id="other base"
        ),
    ],
)
def test_version_that_cannot_be_used_leaves_the_network_and_is_told(
    weights: Path, adapters: Path, spoil: object
) -> None:
    spoil(adapters)  # type: ignore[operator]
    is_changed, told = changed(weights, adapters)
    assert not is_changed
    assert told.version == ""
    assert "personal model cannot be used" in told.notice
