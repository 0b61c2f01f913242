from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ime.decode.personalized import Personalized, personalize
from model.network.adapter import ACTIVE
from model.network.transformer import Network
from tests.tiny_network import tiny_adapters, tiny_assets, tiny_network


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return tiny_assets(tmp_path / "assets") / "weights"


@pytest.fixture
def adapters(tmp_path: Path, weights: Path) -> Path:
    return tiny_adapters(tmp_path / "adapters", weights)


def changed(weights: Path, adapters: Path) -> tuple[bool, Personalized]:
    """Whether a network is made that is another one, and what is said of it."""
    network, base = tiny_network(), tiny_network()
    told = personalize(network, weights, adapters)
    assert _same(network, base)  # it serves on beside the copy
    return told.network is not None and not _same(told.network, base), told


def _same(one: Network, other: Network) -> bool:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_version_in_use_is_merged_into_a_copy(weights: Path, adapters: Path) -> None:
    is_changed, told = changed(weights, adapters)
    assert is_changed
    assert (told.version, told.notice) == ("v0001", "")


def test_copy_has_no_embeddings_of_its_own(weights: Path, adapters: Path) -> None:
    network = tiny_network()
    told = personalize(network, weights, adapters)
    assert told.network is not None
    assert told.network.characters is network.characters


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
