"""A run that is killed goes on from its last measurement, and from no other run's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model.finetune.adapter_trainer import AdapterTrainer, Result
from model.finetune.examples import Chain, Example, chains
from model.finetune.options import TuneOptions
from model.finetune.progress import Progress
from model.finetune.unfinished_run import UnfinishedRun
from model.network.adapter import DENSE
from tests.tiny_network import tiny_network, tiny_vocabulary

OPTIONS = TuneOptions(
    rank=4, alpha=8.0, epochs=6.0, batch_tokens=32, learning_rate=1e-2, replay=0.0,
    replay_texts=2, replay_tokens=4, dropout=0.0, evaluations=4, stale=0.0, mixed=False,
)  # fmt: skip
KILLED_AT = 11


class KilledError(Exception):
    pass


@pytest.fixture
def text() -> list[Chain]:
    habit = [
        Example("你好，", ("bei", "jing"), "背景"),
        Example("世界，", ("shi", "jie"), "事界"),
    ]
    return chains(tiny_vocabulary(), habit * 8, 32)


Go = Callable[..., Result]


@pytest.fixture
def go(text: list[Chain], tmp_path: Path) -> Go:
    def run(
        options: TuneOptions, report: Callable[[Progress], None], key: str = "one"
    ) -> Result:
        trainer = AdapterTrainer(tiny_network(), tiny_vocabulary(), options)
        kept = UnfinishedRun(tmp_path / "run", key)
        return trainer.learn(text, text[:2], [], report, kept)

    return run


def kill(progress: Progress) -> None:
    if (progress.stage, progress.step) == ("training", KILLED_AT):
        raise KilledError


def steps_of(heard: list[Progress]) -> list[int]:
    return [one.step for one in heard if one.stage == "training"]


@pytest.mark.parametrize("rank", [4, DENSE])
def test_run_that_was_killed_ends_as_if_it_had_not_been(go: Go, rank: int) -> None:
    options, heard = replace(OPTIONS, rank=rank), list[Progress]()
    whole = go(options, lambda _: None, "another")
    with pytest.raises(KilledError):
        go(options, kill)
    again = go(options, heard.append)
    kept = max(point.step for point in whole.curve if point.step <= KILLED_AT)
    assert steps_of(heard)[0] == kept + 1 > 1
    assert again.before == whole.before
    assert [point.step for point in again.curve] == [point.step for point in whole.curve]
    assert again.after.loss == pytest.approx(whole.after.loss, abs=1e-3)
    for name, value in whole.tensors.items():
        torch.testing.assert_close(again.tensors[name], value, atol=1e-3, rtol=1e-2)


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        pytest.param(lambda _: None, "two", id="another run"),
        pytest.param(damage, "one", id="damaged"),
        pytest.param(Path.unlink, "one", id="gone"),
    ],
)
def test_what_is_no_such_run_is_begun_anew(
    go: Go, tmp_path: Path, spoil: Callable[[Path], object], key: str
) -> None:
    heard: list[Progress] = []
    with pytest.raises(KilledError):
        go(OPTIONS, kill)
    spoil(tmp_path / "run")
    go(OPTIONS, heard.append, key)
    assert steps_of(heard)[0] == 1
