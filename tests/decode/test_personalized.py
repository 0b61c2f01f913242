from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from ime.decode.personalized import Personalized, personalize
from model.network.adapter import DENSE, Adapter, AdapterInfo, base_digest, save_adapter
from model.network.transformer import Network
from tests.tiny_network import tiny_adapters, tiny_assets, tiny_network, tiny_vocabulary


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return tiny_assets(tmp_path / "assets") / "weights"


@pytest.fixture
def adapter(tmp_path: Path, weights: Path) -> Path:
    return tiny_adapters(tmp_path / "adapters", weights) / "v0001.safetensors"


def changed(weights: Path, adapter: Path) -> tuple[bool, Personalized]:
    """Whether a network is made that is another one, and what is said of it."""
    network, base = tiny_network(), tiny_network()
    told = personalize(network, weights, adapter)
    assert _same(network, base)  # it serves on beside the copy
    return told.network is not None and not _same(told.network, base), told


def _same(one: Network, other: Network) -> bool:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_version_in_use_is_merged_into_a_copy(weights: Path, adapter: Path) -> None:
    is_changed, told = changed(weights, adapter)
    assert is_changed
    assert (told.version, told.notice) == ("v0001", None)


def test_copy_has_no_embeddings_of_its_own(weights: Path, adapter: Path) -> None:
    network = tiny_network()
    told = personalize(network, weights, adapter)
    assert told.network is not None
    assert told.network.characters is network.characters


def test_dense_version_brings_embeddings_shares_and_what_was_written(
    weights: Path, tmp_path: Path
) -> None:
    network = tiny_network()
    tensors = {name: torch.ones_like(one) for name, one in network.named_parameters()}
    info = AdapterInfo(base_digest(weights), DENSE, 1.0, shares=(0.9, 0.8, 0.7, 0.6))
    path = tmp_path / "v0007.safetensors"
    save_adapter(Adapter(info, tensors, np.arange(len(tiny_vocabulary()))), path)
    is_changed, told = changed(weights, path)
    assert is_changed
    assert told.network is not None
    assert told.network.characters is not network.characters
    assert told.shares == info.shares
    assert told.written is not None
    assert told.written.sum() == sum(range(len(tiny_vocabulary())))


def _cut(adapter: Path) -> None:
    adapter.write_bytes(adapter.read_bytes()[:-5])


def _of_another_base(adapter: Path) -> None:
    adapter.write_bytes(adapter.with_name("v0002.safetensors").read_bytes())


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_cut, id="half written"),
        pytest.param(Path.unlink, id="deleted"),
        pytest.param(_of_another_base, id="other base"),
    ],
)
def test_version_that_cannot_be_used_leaves_the_network_and_is_told(
    weights: Path, adapter: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(adapter)
    is_changed, told = changed(weights, adapter)
    assert not is_changed
    assert told.version == ""
    assert told.notice is not None
    assert told.notice.code == "engine.fault.personal"
