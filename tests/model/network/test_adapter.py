from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model.network.adapter import (
    DENSE,
    Adapter,
    AdapterError,
    AdapterInfo,
    DenseAdditions,
    LoraLinear,
    attach,
    base_digest,
    load_adapter,
    merge,
    read_adapter_info,
    read_tensors,
    save_adapter,
    scaled,
    write_durably,
    write_tensors,
)
from model.network.checkpoint import CheckpointError, save_weights
from model.network.config import ModelConfig
from model.network.transformer import Network

CONFIG = ModelConfig(
    vocab_size=12, characters=9, syllables=7, width=16, layers=2, heads=2, hidden=24, context=16
)
INFO = AdapterInfo(base="b" * 64, rank=3, alpha=6.0, parent="v1", steps=5, through=9)


def network(seed: int = 1) -> Network:
    torch.manual_seed(seed)
    parts = ([i % 9 for i in range(12)], [i % 7 for i in range(12)])
    made = Network(CONFIG, parts).eval()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


@pytest.fixture
def tokens() -> torch.Tensor:
    return torch.randint(0, 12, (3, 10), generator=torch.Generator().manual_seed(4))


@pytest.fixture
def adapter() -> Adapter:
    """An adapter whose B is not zero."""
    made = network()
    attach(made, 3, 6.0)
    generator = torch.Generator().manual_seed(2)
    tensors = {
        name: torch.randn(value.shape, generator=generator) * 0.1
        for name, value in read_tensors(made).items()
    }
    return Adapter(INFO, tensors)


def logits(made: Network, tokens: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return made(tokens)


def test_fresh_adapter_changes_nothing(tokens: torch.Tensor) -> None:
    plain, with_adapter = network(), network()
    attach(with_adapter, 3, 6.0)
    assert torch.equal(logits(plain, tokens), logits(with_adapter, tokens))


def test_only_the_adapter_is_trained(tokens: torch.Tensor) -> None:
    made = network()
    parameters = attach(made, 3, 6.0)
    made(tokens).logsumexp(-1).sum().backward()
    assert len(parameters) == 2 * 4 * CONFIG.layers
    trained = {name for name, p in made.named_parameters() if p.grad is not None}
    assert trained == {name for name, _ in made.named_parameters() if name[-1] in "AB"}


def test_merged_network_says_what_the_attached_one_says(
    tokens: torch.Tensor, adapter: Adapter
) -> None:
    attached, merged = network(), network()
    attach(attached, 3, 6.0)
    write_tensors(attached, adapter.tensors)
    merge(merged, adapter)
    torch.testing.assert_close(logits(merged, tokens), logits(attached, tokens))
    assert not torch.allclose(logits(merged, tokens), logits(network(), tokens), atol=1e-3)


def test_merging_backwards_restores_the_base(tokens: torch.Tensor, adapter: Adapter) -> None:
    made = network()
    merge(made, adapter)
    merge(made, adapter, strength=-1.0)
    torch.testing.assert_close(logits(made, tokens), logits(network(), tokens))


def test_scaled_adapter_is_one_of_less_strength(tokens: torch.Tensor, adapter: Adapter) -> None:
    half, scaled_half = network(), network()
    merge(half, adapter, strength=0.5)
    merge(scaled_half, scaled(adapter, 0.5))
    torch.testing.assert_close(logits(half, tokens), logits(scaled_half, tokens))


def test_adapter_of_other_shape_is_refused_and_nothing_changed(
    tokens: torch.Tensor, adapter: Adapter
) -> None:
    made = network()
    last = max(adapter.tensors)
    broken = {**adapter.tensors, last: adapter.tensors[last][:, :1]}
    broken = {name: value for name, value in broken.items() if "blocks.1.feed_f" not in name}
    with pytest.raises(AdapterError, match=r"blocks\.1"):
        merge(made, Adapter(INFO, broken))
    assert torch.equal(logits(made, tokens), logits(network(), tokens))
    attach(made, 3, 6.0)
    with pytest.raises(AdapterError, match=r"blocks\.1"):
        write_tensors(made, broken)


def test_round_trip_keeps_values_and_facts(tmp_path: Path, adapter: Adapter) -> None:
    told = replace(INFO, metrics={"right_after": 7, "words": "好"}, created=12.5)
    save_adapter(Adapter(told, adapter.tensors), tmp_path / "a.safetensors")
    loaded = load_adapter(tmp_path / "a.safetensors", INFO.base)
    assert loaded.info == told == read_adapter_info(tmp_path / "a.safetensors")
    for name, value in adapter.tensors.items():
        torch.testing.assert_close(loaded.tensors[name], value, atol=1e-3, rtol=1e-3)
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]
    assert (tmp_path / "a.safetensors").stat().st_mode & 0o077 == 0


@pytest.fixture
def dense() -> Adapter:
    """An addition to every weight."""
    tensors = {name: 0.1 * torch.ones_like(one) for name, one in network().named_parameters()}
    info = replace(INFO, rank=DENSE, shares=(0.9, 0.8, 0.7, 0.6))
    return Adapter(info, tensors, written=np.arange(12))


def test_dense_adapter_is_added_to_every_weight(dense: Adapter) -> None:
    made, base = network(), dict(network().named_parameters())
    merge(made, dense, strength=0.5)
    for name, weight in made.named_parameters():
        torch.testing.assert_close(weight, base[name] + 0.05)


def test_scaled_dense_adapter_is_one_of_less_strength(dense: Adapter) -> None:
    half = scaled(dense, 0.5)
    assert all(
        torch.equal(half.tensors[name], value / 2) for name, value in dense.tensors.items()
    )
    assert half.written is dense.written


def test_dense_adapter_that_lacks_a_weight_changes_nothing(dense: Adapter) -> None:
    made = network()
    tensors = {name: value for name, value in dense.tensors.items() if name != "bias"}
    tensors["norm.weight"] = tensors["norm.weight"][1:]
    with pytest.raises(AdapterError, match="parameter bias"):
        merge(made, Adapter(dense.info, tensors))
    base = dict(network().named_parameters())
    assert all(torch.equal(base[name], weight) for name, weight in made.named_parameters())


def test_dense_adapter_comes_back_with_shares_and_counts(
    tmp_path: Path, dense: Adapter
) -> None:
    save_adapter(dense, tmp_path / "a.safetensors")
    loaded = load_adapter(tmp_path / "a.safetensors", INFO.base)
    assert loaded.info == dense.info
    assert loaded.tensors.keys() == dense.tensors.keys()
    assert loaded.written is not None
    assert loaded.written.tolist() == list(range(12))


@pytest.mark.parametrize("start", ["adapter", "dense"])
def test_dense_training_goes_on_from_any_adapter(
    start: str, request: pytest.FixtureRequest
) -> None:
    begun: Adapter = request.getfixturevalue(start)
    made, merged = network(), network()
    additions = DenseAdditions(made, begun)
    merge(merged, begun)
    again = network()
    merge(again, Adapter(replace(INFO, rank=DENSE), additions.tensors()))
    for one, two, three in zip(
        made.parameters(), merged.parameters(), again.parameters(), strict=True
    ):
        assert torch.equal(one, two)
        torch.testing.assert_close(one, three)


def test_adapter_of_another_base_is_refused(tmp_path: Path, adapter: Adapter) -> None:
    save_adapter(adapter, tmp_path / "a.safetensors")
    with pytest.raises(AdapterError, match="another base"):
        load_adapter(tmp_path / "a.safetensors", "c" * 64)


def _flip_last(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="half"),
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(_flip_last, id="one bit"),
        pytest.param(lambda data: data.replace(b'through\\": 9', b'through\\": 8'), id="facts"),
        pytest.param(lambda data: b"\0" * len(data), id="zeros"),
    ],
)
def test_damaged_adapter_is_refused(
    tmp_path: Path, adapter: Adapter, spoil: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.safetensors"
    save_adapter(adapter, path)
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    assert path.read_bytes() != whole
    with pytest.raises(AdapterError):
        load_adapter(path, INFO.base)


def test_missing_adapter_is_named(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match=r"gone\.safetensors"):
        load_adapter(tmp_path / "gone.safetensors", INFO.base)


def test_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.network.adapter.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_base_digest_follows_the_weights(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        save_weights(network(seed), "v" * 64, tmp_path / name, {"note": name})
    one, same, other = (base_digest(tmp_path / name) for name in ("one", "same", "other"))
    assert one == same != other
    with pytest.raises(CheckpointError):
        base_digest(tmp_path / "missing")


def test_dropout_drops_low_rank_values_in_training_alone() -> None:
    base = torch.nn.Linear(6, 5, bias=False)
    lora = LoraLinear(base, 1, 1.0, 0.5, torch.Generator().manual_seed(1))
    torch.nn.init.ones_(lora.B)
    x = torch.ones(64, 6)
    full = lora.eval()(x) - base(x)
    torch.manual_seed(2)
    parts = ((lora.train()(x) - base(x)) / full).detach()
    # Of rank 1 either all of a row's addition is dropped, or all is kept and doubled.
    assert set(parts.round(decimals=3).unique().tolist()) == {0.0, 2.0}
    torch.testing.assert_close(parts, parts[:, :1].expand_as(parts))
    torch.testing.assert_close(lora.eval()(x) - base(x), full)
