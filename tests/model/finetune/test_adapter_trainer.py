from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model.finetune.adapter_trainer import AdapterTrainer, Result
from model.finetune.examples import Example, chains
from model.finetune.options import TuneOptions
from model.finetune.progress import Progress
from model.finetune.rehearsal import sample_replay
from model.network.adapter import Adapter, AdapterInfo, base_digest, load_adapter, merge
from model.network.checkpoint import save_weights, sha256_of
from model.vocab import BEGIN, UNKNOWN
from tests.tiny_network import tiny_network, tiny_vocabulary
from tests.tokens import id_of

OPTIONS = TuneOptions(
    rank=4, alpha=8.0, epochs=12.0, batch_tokens=64, learning_rate=1e-2, replay_texts=6,
    replay_tokens=12, dropout=0.0, evaluations=4,
)  # fmt: skip
HABIT = [
    Example("你好，", ("bei", "jing"), "背景", ("北京", "背景")),
    Example("世界，", ("shi", "jie"), "事界"),
] * 8


def silent(_: Progress) -> None:
    pass


@pytest.fixture
def run() -> Callable[..., Result]:
    def go(options: TuneOptions = OPTIONS, start: Adapter | None = None) -> Result:
        tuner = AdapterTrainer(tiny_network(), tiny_vocabulary(), options, start)
        return tuner.run(HABIT, HABIT[:2], silent)

    return go


def as_adapter(result: Result) -> Adapter:
    return Adapter(AdapterInfo("b", result.rank, result.alpha), result.tensors)


def test_habit_is_learned(run: Callable[..., Result]) -> None:
    result = run()
    assert result.after.loss < 0.5 * result.before.loss
    assert result.after.right == 1.0
    assert result.best_step > 0
    assert result.curve[0].held_out == result.before.loss
    assert min(point.held_out for point in result.curve) == result.after.loss


def test_result_is_that_of_the_best_step(run: Callable[..., Result]) -> None:
    result = run()
    merged = tiny_network()
    merge(merged, as_adapter(result))
    tuner = AdapterTrainer(merged, tiny_vocabulary(), OPTIONS)
    measured = tuner.measure(chains(tiny_vocabulary(), HABIT[:2], 32))
    assert measured.loss == pytest.approx(result.after.loss, abs=0.02)


def test_same_seed_gives_the_same_adapter(run: Callable[..., Result]) -> None:
    first, second = run(), run()
    assert all(torch.equal(first.tensors[name], second.tensors[name]) for name in first.tensors)


def test_base_is_not_touched() -> None:
    network, untouched = tiny_network(), tiny_network()
    AdapterTrainer(network, tiny_vocabulary(), OPTIONS).run(HABIT, HABIT[:2], silent)
    now = dict(network.named_parameters())
    for name, value in untouched.named_parameters():
        assert torch.equal(now[name], value)


def test_run_goes_on_from_its_parent(run: Callable[..., Result]) -> None:
    first = run()
    second = run(replace(OPTIONS, rank=2), as_adapter(first))
    assert second.before.loss == pytest.approx(first.after.loss, abs=1e-4)
    assert second.rank == OPTIONS.rank  # the parent's


def test_replay_holds_made_up_text_to_the_base() -> None:
    def drift(weight: float) -> float:
        options = replace(OPTIONS, replay=weight, epochs=20.0)
        result = AdapterTrainer(tiny_network(), tiny_vocabulary(), options).run(
            HABIT, HABIT[:2], silent
        )
        adapted = tiny_network()
        merge(adapted, as_adapter(result))
        fresh = sample_replay(tiny_network(), 8, 12, 99, lambda _: None).tokens
        with torch.no_grad():
            base, now = (net(fresh)[0].log_softmax(-1) for net in (tiny_network(), adapted))
        return float((base.exp() * (base - now)).sum(-1).mean())

    assert drift(5.0) < 0.8 * drift(0.0)


def test_contrast_widens_the_lead_over_what_was_passed_over() -> None:
    def lead(weight: float) -> float:
        options = replace(OPTIONS, contrast=weight, margin=9.0, syllable_share=0.0)
        result = AdapterTrainer(tiny_network(), tiny_vocabulary(), options).run(
            HABIT, HABIT[:2], silent
        )
        adapted = tiny_network()
        merge(adapted, as_adapter(result))
        ids = [id_of(tiny_vocabulary(), *pair) for pair in (("背", "bei"), ("北", "bei"))]
        context = torch.tensor([[BEGIN, *tiny_vocabulary().encode("你好，")]])
        with torch.no_grad():
            last = adapted(context)[0, -1]
        return float(last[ids[0]] - last[ids[1]])

    assert lead(3.0) > lead(0.0) + 0.2


def test_made_up_text_is_what_one_pass_would_say() -> None:
    network = tiny_network()
    counted: list[int] = []
    replay = sample_replay(network, 5, 10, 1, counted.append)
    assert replay.tokens.shape == (5, 10)
    assert (replay.tokens[:, 0] == BEGIN).all()
    assert not (replay.tokens[:, 1:] <= BEGIN).any()
    assert not (replay.tokens == UNKNOWN).any()
    assert counted == list(range(2, 11))
    with torch.no_grad():
        torch.testing.assert_close(replay.hidden, network.hidden(replay.tokens))
    again = sample_replay(network, 5, 10, 1, counted.append)
    assert torch.equal(again.tokens, replay.tokens)
    other = sample_replay(network, 5, 10, 2, counted.append)
    assert not torch.equal(other.tokens, replay.tokens)


@pytest.mark.parametrize(
    ("stale", "last"),
    [
        pytest.param(-math.inf, 18, id="gains enough"),
        pytest.param(1.0, 12, id="gains too little"),
        pytest.param(OPTIONS.stale, None, id="as the processor computes"),
    ],
)
def test_last_progress_is_that_of_the_end(stale: float, last: int | None) -> None:
    """18 steps, measured after every fourth and the last; no measurement can gain all."""
    heard: list[Progress] = []
    tuner = AdapterTrainer(tiny_network(), tiny_vocabulary(), replace(OPTIONS, stale=stale))
    result = tuner.run(HABIT, HABIT[:2], heard.append)
    assert heard[0].stage == "preparing"
    training = [one for one in heard if one.stage == "training"]
    assert [one.step for one in training] == list(range(1, result.steps + 1))
    assert last in (result.steps, None)
    assert {one.total for one in training[:-1]} == {18}
    assert all(one.seconds_left >= 0 for one in training)
    end, newest = training[-1], result.curve[-1]
    assert (end.step, end.total, end.seconds_left) == (result.steps, result.steps, 0)
    assert (end.step, end.loss, end.held_out) == (newest.step, newest.loss, newest.held_out)


def test_report_can_stop_the_run() -> None:
    class StopError(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.stage == "training" and progress.step == 2:
            raise StopError

    with pytest.raises(StopError):
        AdapterTrainer(tiny_network(), tiny_vocabulary(), OPTIONS).run(HABIT, HABIT[:2], stop)


def test_nothing_to_learn_is_refused() -> None:
    with pytest.raises(ValueError, match="text both to train on"):
        AdapterTrainer(tiny_network(), tiny_vocabulary(), OPTIONS).run([], HABIT, silent)


def test_command_writes_an_adapter(tmp_path: Path) -> None:
    tiny_vocabulary().save(tmp_path / "vocab.tsv")
    digest = sha256_of(tmp_path / "vocab.tsv")
    save_weights(tiny_network(), digest, tmp_path / "weights", {})
    with (tmp_path / "selections.jsonl").open("w", encoding="utf-8") as file:
        for one in HABIT:
            row = {"context": one.context, "syllables": one.syllables, "chosen": one.chosen}
            file.write(json.dumps(row) + "\n")
    names = ("selections.jsonl", "weights", "vocab.tsv", "me.safetensors")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "model.finetune", "--epochs", "6", "--rank", "4"),
            *("--replay-texts", "4", "--replay-tokens", "8"),
            *(str(tmp_path / name) for name in names),
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert "nats a hanzi" in done.stdout
    adapter = load_adapter(tmp_path / "me.safetensors", base_digest(tmp_path / "weights"))
    assert adapter.info.rank == 4
    assert adapter.info.steps > 0
