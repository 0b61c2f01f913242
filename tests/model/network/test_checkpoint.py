from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from model.network import checkpoint
from model.network.checkpoint import (
    CheckpointError,
    load_network,
    read_info,
    save_weights,
    sha256_of,
)
from model.network.config import ModelConfig
from model.network.transformer import Network, embedding_parts
from model.vocab import Vocabulary

DIGEST = "d" * 64
FACTS = {"tokens_seen": 12, "options": {"width": 32}}


@pytest.fixture
def saved(network: Network, tmp_path: Path) -> Path:
    save_weights(network, DIGEST, tmp_path / "weights", FACTS)
    return tmp_path / "weights"


def edit_index(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    index = json.loads((folder / "checkpoint.json").read_text(encoding="utf-8"))
    change(index)
    (folder / "checkpoint.json").write_text(json.dumps(index), encoding="utf-8")


def test_network_comes_back_in_half_precision(
    saved: Path, network: Network, vocabulary: Vocabulary
) -> None:
    loaded = load_network(saved, vocabulary, DIGEST)
    for name, parameter in network.named_parameters():
        other = dict(loaded.named_parameters())[name]
        assert other.dtype == torch.float32
        assert torch.equal(other, parameter.half().float()), name
    tokens = torch.tensor([[1, 50, 51, 52]])
    with torch.no_grad():
        torch.testing.assert_close(loaded(tokens)[0], network(tokens)[0], atol=0.02, rtol=0)


def test_saving_again_changes_nothing(saved: Path, vocabulary: Vocabulary) -> None:
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    save_weights(load_network(saved, vocabulary, DIGEST), DIGEST, saved, FACTS)
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before


def test_index_says_configuration_and_facts(saved: Path, config: ModelConfig) -> None:
    info = read_info(saved)
    assert info.config == config
    assert info.facts == FACTS
    index = json.loads((saved / "checkpoint.json").read_text(encoding="utf-8"))
    assert index["files"] == {
        "weights-00.safetensors": sha256_of(saved / "weights-00.safetensors")
    }


def test_pieces_stay_below_their_limit(
    network: Network, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Room for 3 KB beside the header: most tensors of the network have to be cut.
    monkeypatch.setattr(checkpoint, "PIECE_BYTES", 65_536 + 3000)
    save_weights(network, DIGEST, tmp_path, FACTS)
    pieces = sorted(tmp_path.glob("weights-*.safetensors"))
    assert len(pieces) > 5
    assert all(piece.stat().st_size <= 65_536 + 3000 for piece in pieces)
    loaded = load_network(tmp_path, vocabulary, DIGEST)
    for name, parameter in network.named_parameters():
        assert torch.equal(dict(loaded.named_parameters())[name], parameter.half().float())


def test_rows_beyond_ten_pieces_are_joined_in_order(
    network: Network, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "PIECE_BYTES", 65_536 + 200)  # two or three rows a piece
    save_weights(network, DIGEST, tmp_path, FACTS)
    loaded = load_network(tmp_path, vocabulary, DIGEST)
    assert torch.equal(loaded.characters.weight, network.characters.weight.half().float())


def test_older_pieces_are_removed(
    network: Network, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as small:
        small.setattr(checkpoint, "PIECE_BYTES", 65_536 + 3000)
        save_weights(network, DIGEST, tmp_path, FACTS)
    save_weights(network, DIGEST, tmp_path, FACTS)
    assert [path.name for path in tmp_path.glob("weights-*")] == ["weights-00.safetensors"]
    load_network(tmp_path, vocabulary, DIGEST)


def flip_a_byte(folder: Path) -> None:
    path = folder / "weights-00.safetensors"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(bytes(content))


def truncate(folder: Path) -> None:
    path = folder / "weights-00.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def put_garbage(folder: Path) -> None:
    path = folder / "weights-00.safetensors"
    path.write_bytes(b"\x80\x04pickled")
    edit_index(folder, lambda index: index["files"].update({path.name: sha256_of(path)}))


def write_index(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "checkpoint.json").write_text(text, encoding="utf-8")


def set_config(**changes: object) -> Callable[[Path], object]:
    return lambda folder: edit_index(folder, lambda index: index["config"].update(changes))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(flip_a_byte, r"weights-00\.safetensors: damaged", id="tampered"),
        pytest.param(truncate, r"weights-00\.safetensors: damaged", id="truncated"),
        pytest.param(put_garbage, "is not a safetensors file", id="another kind of file"),
        pytest.param(
            lambda folder: (folder / "weights-00.safetensors").unlink(),
            r"weights-00\.safetensors: cannot be read \(No such file",
            id="missing piece",
        ),
        pytest.param(
            lambda folder: (folder / "checkpoint.json").unlink(),
            r"checkpoint\.json: cannot be read",
            id="missing index",
        ),
        pytest.param(write_index("{"), "is not JSON", id="broken index"),
        pytest.param(write_index("[]"), "lacks config", id="index of another kind"),
        pytest.param(write_index('{"name": "x"}'), "lacks config", id="foreign JSON"),
        pytest.param(
            write_index('{"config": 1, "files": [], "vocabulary_sha256": ""}'),
            "lacks config",
            id="fields of another kind",
        ),
        pytest.param(set_config(colour=1), "only the fields", id="unknown field"),
        pytest.param(set_config(layers="many"), "layers must be", id="field of another kind"),
        pytest.param(set_config(heads=0), "heads must be", id="no heads"),
        pytest.param(set_config(layers=3), "do not fit the shapes", id="too few tensors"),
        pytest.param(set_config(layers=1), "do not fit the shapes", id="too many tensors"),
        pytest.param(set_config(hidden=64), "do not fit the shapes", id="other shapes"),
        pytest.param(set_config(vocab_size=67), "another vocabulary", id="other size"),
    ],
)
def test_damaged_checkpoint_is_refused(
    saved: Path, vocabulary: Vocabulary, spoil: Callable[[Path], object], message: str
) -> None:
    spoil(saved)
    with pytest.raises(CheckpointError, match=message):
        load_network(saved, vocabulary, DIGEST)


def test_missing_field_of_the_configuration_is_named(saved: Path) -> None:
    edit_index(saved, lambda index: index["config"].pop("syllables"))
    with pytest.raises(CheckpointError, match="syllables"):
        read_info(saved)


def test_weights_of_another_vocabulary_are_refused(saved: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(CheckpointError, match="belong to another vocabulary"):
        load_network(saved, vocabulary, "e" * 64)


def test_interrupted_write_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.safetensors"
    checkpoint.save_tensors({"x": torch.ones(3)}, path)
    before = path.read_bytes()

    def half(_tensors: object, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(checkpoint, "save_file", half)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save_tensors({"x": torch.zeros(3)}, path)
    assert path.read_bytes() == before


def test_large_network_is_cut_by_size_alone(
    config: ModelConfig, vocabulary: Vocabulary
) -> None:
    """Whatever the sizes, the pieces hold every element once."""
    network = Network(replace(config, width=64, heads=4), embedding_parts(vocabulary))
    tensors = {name: p.detach().half() for name, p in network.named_parameters()}
    pieces = checkpoint._cut(tensors)
    joined = checkpoint._join({key: value for piece in pieces for key, value in piece.items()})
    assert joined.keys() == tensors.keys()
    assert all(torch.equal(joined[name], tensors[name]) for name in tensors)
