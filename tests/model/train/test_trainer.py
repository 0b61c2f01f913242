from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.batch_decoder import IntArray
from model.figures import plot_training
from model.network.checkpoint import CheckpointError, load_network, read_info, sha256_of
from model.train import trainer as module
from model.train.__main__ import main
from model.train.trainer import Trainer, TrainOptions, rate_factor
from model.vocab import Vocabulary

pytest.importorskip("matplotlib")

OPTIONS = TrainOptions(
    tokens=8 * 96,
    batch_tokens=96,
    learning_rate=0.01,
    width=32,
    layers=2,
    heads=2,
    hidden=48,
    context=24,
    device="cpu",
    evaluate_every=4,
)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few units to convert, much to log, no curves; this process keeps its signal handlers."""
    monkeypatch.setattr(module, "plot_training", lambda *_args: None)
    monkeypatch.setattr(module, "DEV_UNITS", 5)
    monkeypatch.setattr(module, "LOG_EVERY", 2)
    monkeypatch.setattr(signal, "signal", lambda *_args: None)


def parameters(trainer: Trainer) -> dict[str, np.ndarray]:
    return {
        name: parameter.detach().numpy().copy()
        for name, parameter in trainer.network.named_parameters()
    }


def records(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "training.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        pytest.param(0.0, 0.0, id="start"),
        pytest.param(0.05, 0.5, id="warming up"),
        pytest.param(0.1, 1.0, id="warm"),
        pytest.param(0.5, 1.0, id="stable"),
        pytest.param(0.75, 1.0, id="fall begins"),
        pytest.param(0.875, 0.5, id="falling"),
        pytest.param(1.0, 0.0, id="end"),
        pytest.param(1.2, 0.0, id="beyond the end"),
    ],
)
def test_rate_warms_up_stays_and_falls(done: float, expected: float) -> None:
    assert rate_factor(done, warmup=0.1, decay=0.25) == pytest.approx(expected)


@pytest.mark.parametrize("done", [0.0, 0.5, 1.0])
def test_rate_without_warm_up_and_decay_is_constant(done: float) -> None:
    assert rate_factor(done, warmup=0.0, decay=0.0) == 1.0


def test_resumed_run_equals_an_unbroken_one(data: Path, tmp_path: Path) -> None:
    straight = Trainer(data, tmp_path / "straight", OPTIONS)
    losses = [straight.train_step() for _ in range(8)]
    broken = Trainer(data, tmp_path / "broken", OPTIONS)
    halves = [broken.train_step() for _ in range(4)]
    broken.save()
    resumed = Trainer(data, tmp_path / "broken", OPTIONS)
    assert (resumed.step, resumed.seen) == (4, 4 * 96)
    halves += [resumed.train_step() for _ in range(4)]
    assert halves == losses
    for name, values in parameters(straight).items():
        np.testing.assert_array_equal(parameters(resumed)[name], values, err_msg=name)


def test_loss_falls_over_a_run(data: Path, tmp_path: Path) -> None:
    trainer = Trainer(data, tmp_path, replace(OPTIONS, tokens=24 * 96))
    before = trainer.evaluate()
    for _ in range(24):
        trainer.train_step()
    after = trainer.evaluate()
    assert after["dev_loss"] < before["dev_loss"] - 1
    assert after["dev_conversion"] >= before["dev_conversion"]


def test_run_begins_from_the_unigram_distribution(
    data: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    bias = Trainer(data, tmp_path, OPTIONS).network.bias.detach()
    counts = vocabulary.counts + 1
    np.testing.assert_allclose(bias.exp().numpy(), counts / counts.sum(), rtol=1e-5)


def test_matrices_and_tables_have_their_own_rates(data: Path, tmp_path: Path) -> None:
    trainer = Trainer(data, tmp_path, replace(OPTIONS, warmup=0.25))
    trainer.train_step()
    trainer.train_step()  # an eighth of the run, half of the warm-up
    rates = [group["lr"] for o in trainer.optimizers for group in o.param_groups]
    assert rates == pytest.approx([0.01, 0.005, 0.005])
    trained = [
        p for o in trainer.optimizers for group in o.param_groups for p in group["params"]
    ]
    assert len(trained) == len(list(trainer.network.parameters()))


def test_run_writes_weights_log_and_curves(
    data: Path, tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "plot_training", plot_training)
    Trainer(data, tmp_path, OPTIONS).run()
    found = records(tmp_path)
    assert [record["step"] for record in found] == [2, 4, 6, 8, 8]
    assert [record["tokens"] for record in found] == [192, 384, 576, 768, 768]
    assert all(record["loss"] > 0 for record in found[:4])
    measured = [record["step"] for record in found if "dev_loss" in record]
    assert measured == [4, 8, 8]
    assert all(0 <= record["dev_conversion"] <= 1 for record in found if "dev_loss" in record)
    assert (tmp_path / "training.png").read_bytes().startswith(b"\x89PNG")
    network = load_network(tmp_path, vocabulary, sha256_of(data / "vocab.tsv"))
    assert network.config.context == 24
    facts = read_info(tmp_path).facts
    assert (facts["tokens_seen"], facts["steps"]) == (768, 8)
    assert facts["options"]["learning_rate"] == 0.01


def test_stopped_run_saves_and_goes_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_after_three() -> Iterator[bool]:
        yield from (False, False, False)
        while True:
            yield True

    with monkeypatch.context() as stopping:
        stopping.setattr(module, "_on_termination", stop_after_three)
        Trainer(data, tmp_path, OPTIONS).run()
    assert read_info(tmp_path).facts["steps"] == 3
    Trainer(data, tmp_path, OPTIONS).run()
    assert read_info(tmp_path).facts["steps"] == 8
    assert [r["step"] for r in records(tmp_path) if "loss" in r] == [2, 4, 6, 8]


def test_signal_is_noticed_between_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, Callable[[int, None], object]] = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    stopped = module._on_termination()
    assert not next(stopped)
    handlers[signal.SIGTERM](signal.SIGTERM, None)
    assert next(stopped)


def test_run_may_be_prolonged(data: Path, tmp_path: Path) -> None:
    Trainer(data, tmp_path, OPTIONS).run()
    Trainer(data, tmp_path, replace(OPTIONS, tokens=10 * 96)).run()
    assert read_info(tmp_path).facts["steps"] == 10


def test_checkpoint_is_saved_along_the_way(data: Path, tmp_path: Path) -> None:
    trainer = Trainer(data, tmp_path, replace(OPTIONS, save_minutes=0.0))
    saves: list[int] = []
    trainer.save = lambda: saves.append(trainer.step)  # type: ignore[method-assign]
    trainer.run()
    assert saves == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_dropout_is_off_while_measuring(data: Path, tmp_path: Path) -> None:
    trainer = Trainer(data, tmp_path, replace(OPTIONS, dropout=0.5))
    trainer.train_step()
    assert trainer.dev_loss() == trainer.dev_loss()


def test_processes_share_the_crops_of_a_step(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def crops(_seed: int, first: int, count: int, length: int) -> tuple[IntArray, IntArray]:
        asked.append((first, count))
        return np.zeros((count, length), np.int64), np.zeros((count, length), np.int64)

    for rank in (0, 1):
        trainer = Trainer(data, tmp_path, OPTIONS)
        trainer.rank, trainer.world = rank, 2
        monkeypatch.setattr(trainer.shards, "crops", crops)
        trainer.train_step()
        trainer.train_step()
        assert trainer.seen == 2 * 96
    assert asked == [(0, 2), (4, 2), (2, 2), (6, 2)]


def test_command_takes_every_option(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["--tokens", "192", "--batch-tokens", "96", "--context", "24", "--width", "32"]
    arguments += ["--layers", "1", "--heads", "2", "--hidden", "48", "--device", "cpu"]
    monkeypatch.setattr(sys, "argv", ["model.train", str(data), str(tmp_path), *arguments])
    main()
    assert read_info(tmp_path).config.layers == 1
    assert read_info(tmp_path).facts["tokens_seen"] == 192


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--width", "30", "--heads", "4"], "even heads", id="shape"),
        pytest.param(["--device", "abacus"], "'abacus' is no device", id="device"),
        pytest.param(["--batch-tokens", "10"], "batch of 10 tokens", id="batch below a crop"),
    ],
)
def test_command_says_what_is_wrong(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.setattr(sys, "argv", ["model.train", str(data), str(tmp_path), *arguments])
    with pytest.raises(SystemExit, match=message):
        main()


def test_command_without_data_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["model.train", str(tmp_path), str(tmp_path / "out")])
    with pytest.raises(SystemExit, match=r"vocab\.tsv"):
        main()


def test_state_of_another_shape_is_refused(data: Path, tmp_path: Path) -> None:
    Trainer(data, tmp_path, OPTIONS).save()
    with pytest.raises(CheckpointError, match=r"no state of this run .* another folder"):
        Trainer(data, tmp_path, replace(OPTIONS, hidden=64))


def test_truncated_state_is_refused(data: Path, tmp_path: Path) -> None:
    Trainer(data, tmp_path, OPTIONS).save()
    path = tmp_path / "training.safetensors"
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(CheckpointError, match="no state of this run"):
        Trainer(data, tmp_path, OPTIONS)
