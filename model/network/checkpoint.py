"""Weights on disk: safetensors in pieces small enough for version control, never pickle.

A checkpoint is a folder with `weights-00.safetensors`, `weights-01...` and
`checkpoint.json`, which names the pieces with their sha256, the model configuration and the
facts of its training.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from model.network.config import ModelConfig
from model.network.transformer import Network, embedding_parts
from model.vocab import Vocabulary

PIECE_BYTES = 16 * 1024 * 1024
INDEX = "checkpoint.json"


class CheckpointError(Exception):
    """A checkpoint is missing, damaged or made for another vocabulary."""


@dataclass(frozen=True)
class CheckpointInfo:
    """What `checkpoint.json` says besides the pieces."""

    config: ModelConfig
    facts: Mapping[str, Any]


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write one safetensors file under a temporary name, then rename it."""
    part = path.with_suffix(".part")
    save_file({name: value.contiguous() for name, value in tensors.items()}, part)
    part.replace(path)


def _cut(tensors: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
    """Groups of at most `PIECE_BYTES`; a larger tensor is cut into rows `name@0`, `name@1`."""
    pieces: list[dict[str, Tensor]] = [{}]
    free = PIECE_BYTES - 65_536  # leave room for the header
    left = free
    for name, value in tensors.items():
        size = value.numel() * value.element_size()
        parts = {name: value}
        if size > free:
            rows = max(1, free * len(value) // size)
            cut = torch.split(value, rows)
            parts = {f"{name}@{i}": part for i, part in enumerate(cut)}
        for key, part in parts.items():
            need = part.numel() * part.element_size()
            if need > left:
                pieces.append({})
                left = free
            pieces[-1][key] = part.clone()
            left -= need
    return pieces


def _join(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    whole: dict[str, Tensor] = {}
    cut: dict[str, list[tuple[int, Tensor]]] = {}
    for key, value in tensors.items():
        name, mark, number = key.partition("@")
        if mark:
            cut.setdefault(name, []).append((int(number), value))
        else:
            whole[name] = value
    for name, parts in cut.items():
        whole[name] = torch.cat([part for _, part in sorted(parts, key=lambda p: p[0])])
    return whole


def save_weights(
    network: Network, vocabulary_sha256: str, folder: Path, facts: Mapping[str, Any]
) -> None:
    """Write the weights in fp16, in pieces, with their index.

    Args:
        network: whose parameters are written.
        vocabulary_sha256: of the vocabulary file the ids belong to.
        folder: made if need be; older pieces in it are removed.
        facts: JSON-able facts of the training, for the model card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().half().cpu() for name, value in network.named_parameters()}
    files = {}
    for i, piece in enumerate(_cut(tensors)):
        path = folder / f"weights-{i:02d}.safetensors"
        save_tensors(piece, path)
        files[path.name] = sha256_of(path)
    for path in folder.glob("weights-*.safetensors"):
        if path.name not in files:
            path.unlink()
    index = {
        "config": json.loads(network.config.to_json()),
        "vocabulary_sha256": vocabulary_sha256,
        "files": files,
        "facts": dict(facts),
    }
    part = folder / (INDEX + ".part")
    part.write_text(json.dumps(index, indent=1), encoding="utf-8")
    part.replace(folder / INDEX)


def read_info(folder: Path) -> CheckpointInfo:
    """Configuration and facts of the checkpoint in `folder`.

    Raises:
        CheckpointError: there is none, or its index cannot be read.
    """
    index = _read_index(folder)
    try:
        config = ModelConfig.from_json(json.dumps(index["config"]))
    except (KeyError, TypeError, ValueError) as exc:
        raise CheckpointError(f"{folder / INDEX}: {exc}") from exc
    return CheckpointInfo(config, index.get("facts", {}))


def _read_index(folder: Path) -> dict[str, Any]:
    path = folder / INDEX
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise CheckpointError(f"{path}: cannot be read ({exc.strerror})") from exc
    except ValueError as exc:
        raise CheckpointError(f"{path}: is not JSON; restore the file") from exc
    wanted = {"config": dict, "files": dict, "vocabulary_sha256": str}
    if not isinstance(index, dict) or not all(
        isinstance(index.get(name), kind) for name, kind in wanted.items()
    ):
        raise CheckpointError(f"{path}: lacks config, files or vocabulary_sha256")
    return index


def load_network(folder: Path, vocabulary: Vocabulary, vocabulary_sha256: str) -> Network:
    """The network of a checkpoint, on the CPU in fp32.

    Raises:
        CheckpointError: a piece is missing or not the one the index names, or the vocabulary or
            the shapes do not fit.
    """
    config = read_info(folder).config
    index = _read_index(folder)
    parts = embedding_parts(vocabulary)
    sizes = (len(vocabulary), max(parts[0]) + 1, max(parts[1]) + 1)
    if index["vocabulary_sha256"] != vocabulary_sha256 or sizes != (
        (config.vocab_size, config.characters, config.syllables)
    ):
        raise CheckpointError(f"{folder}: the weights belong to another vocabulary")
    tensors: dict[str, Tensor] = {}
    for name, digest in index["files"].items():
        tensors |= _read_piece(folder / name, digest)
    network = Network(config, parts)
    try:
        network.load_state_dict({name: value.float() for name, value in _join(tensors).items()})
    except RuntimeError as exc:
        raise CheckpointError(f"{folder}: weights do not fit the shapes ({exc})") from exc
    return network


def _read_piece(path: Path, digest: str) -> dict[str, Tensor]:
    try:
        if sha256_of(path) != digest:
            raise CheckpointError(f"{path}: damaged (its sha256 is not the recorded one)")
        return load_file(path)
    except OSError as exc:
        raise CheckpointError(f"{path}: cannot be read ({exc.strerror})") from exc
    except SafetensorError as exc:
        raise CheckpointError(f"{path}: is not a safetensors file ({exc})") from exc
