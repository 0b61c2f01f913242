"""The run of training: batches, steps, measurements, checkpoints.

Matrices of the blocks are trained by Muon (Jordan 2024, in torch.optim), everything else by
AdamW.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from model.batch_decoder import conversion_rate, sample_units
from model.data.token_shards import TokenShards
from model.device import choose_device, has_fast_bfloat16
from model.figures import plot_training
from model.network.checkpoint import save_weights, sha256_of
from model.network.config import ModelConfig
from model.network.scorer import NetworkScorer
from model.network.transformer import Network, embedding_parts
from model.train.loss import TrainingLoss
from model.train.state import Counters, load_state, save_state
from model.train.warm_start import begin_from
from model.vocab import Vocabulary

STATE = "training.safetensors"
LOG = "training.jsonl"
LOG_EVERY = 100  # steps
DEV_UNITS = 200  # input units that are converted at each measurement


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """Everything that decides a run; kept beside the weights.

    Attributes:
        tokens: total to see, resumed parts included.
        batch_tokens: a step, over all processes.
        learning_rate: peak of AdamW; the rows of the embedding.
        matrix_learning_rate: peak of Muon.
        warmup: share of `tokens` over which the rate rises.
        decay: share of `tokens` at the end over which it falls to zero.
        weight_decay: decoupled, on matrices.
        clip: largest norm of the gradient.
        evaluate_every: steps between two measurements.
        save_minutes: between two checkpoints.
        seed: of initial weights and crops.
        begin_from: folder of an earlier run's weights to start at; empty: start from nothing.
        begin_vocabulary: vocabulary file of that run.
    """

    tokens: int = 40_000_000
    batch_tokens: int = 4096
    learning_rate: float = 3e-3
    matrix_learning_rate: float = 0.02
    warmup: float = 0.01
    decay: float = 0.3
    weight_decay: float = 0.05
    clip: float = 1.0
    evaluate_every: int = 500
    save_minutes: float = 5.0
    seed: int = 20261122
    width: int = 256
    layers: int = 6
    heads: int = 4
    hidden: int = 704
    context: int = 128
    dropout: float = 0.0
    device: str = "auto"
    compile: bool = False
    begin_from: str = ""
    begin_vocabulary: str = ""


def rate_factor(done: float, warmup: float, decay: float) -> float:
    """Learning rate relative to its peak after the share `done` (0 to 1) of a run."""
    if done < warmup:
        return done / warmup
    return min(1.0, max(0.0, (1.0 - done) / decay)) if decay else 1.0


def configuration(vocabulary: Vocabulary, options: TrainOptions) -> ModelConfig:
    """Shape of the network that `options` ask for over `vocabulary`."""
    characters, syllables = embedding_parts(vocabulary)
    return ModelConfig(
        vocab_size=len(vocabulary),
        characters=max(characters) + 1,
        syllables=max(syllables) + 1,
        width=options.width,
        layers=options.layers,
        heads=options.heads,
        hidden=options.hidden,
        context=options.context,
        dropout=options.dropout,
    )


class Trainer:
    """One training run in one folder, gone on with where the folder holds its state.

    Args:
        data: folder made by `python -m model.data`.
        out: made if need be; receives state, weights, log and curves.
        options: of the run.
    """

    def __init__(self, data: Path, out: Path, options: TrainOptions) -> None:
        self.options, self.out = options, out
        self.rank = int(os.environ.get("RANK", "0"))
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.device = choose_device(options.device)
        if self.world > 1:
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
            if self.device.type == "cuda":
                self.device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        if options.batch_tokens < options.context * self.world:
            raise ValueError(
                f"a batch of {options.batch_tokens} tokens holds no crop of {options.context} "
                f"for each of {self.world} processes; ask for more --batch-tokens"
            )
        out.mkdir(parents=True, exist_ok=True)
        self.vocabulary = Vocabulary.load(data / "vocab.tsv")
        self.vocabulary_sha256 = sha256_of(data / "vocab.tsv")
        self.shards = TokenShards(data, "train")
        self.dev = TokenShards(data, "dev")
        self.units = sample_units(np.asarray(self.dev.tokens[0]), DEV_UNITS, seed=1)
        torch.manual_seed(options.seed)
        self.config = configuration(self.vocabulary, options)
        self.network = Network(self.config, embedding_parts(self.vocabulary))
        with torch.no_grad():  # begin from the unigram distribution
            counts = torch.from_numpy(self.vocabulary.counts).double() + 1
            self.network.bias.copy_((counts / counts.sum()).log())
        if options.begin_from:
            earlier = Path(options.begin_from)
            begin_from(self.network, self.vocabulary, earlier, Path(options.begin_vocabulary))
        self.network.to(self.device)
        self.optimizers = self._make_optimizers()
        counters = load_state(out / STATE, self.network, self.optimizers)
        self.step, self.seen, self.seconds = counters.step, counters.seen, counters.seconds
        dtype = torch.bfloat16 if has_fast_bfloat16(self.device) else torch.float32
        loss = TrainingLoss(self.network, compiled=options.compile, dtype=dtype)
        self.loss = DistributedDataParallel(loss) if self.world > 1 else loss
        self._dev_loss = TrainingLoss(self.network, dtype=dtype)  # other shapes: not compiled
        self._logged = time.monotonic()

    def _make_optimizers(self) -> list[torch.optim.Optimizer]:
        named = list(self.network.named_parameters())
        matrices = [p for name, p in named if name.startswith("blocks.") and p.ndim == 2]
        tables = [p for name, p in named if not name.startswith("blocks.") and p.ndim == 2]
        vectors = [p for _, p in named if p.ndim < 2]
        options = self.options
        return [
            torch.optim.Muon(
                matrices, lr=options.matrix_learning_rate, weight_decay=options.weight_decay
            ),
            torch.optim.AdamW(
                [
                    {"params": tables, "weight_decay": options.weight_decay},
                    {"params": vectors, "weight_decay": 0.0},
                ],
                lr=options.learning_rate,
                betas=(0.9, 0.95),
            ),
        ]

    def _autocast(self) -> contextlib.AbstractContextManager[Any]:
        if has_fast_bfloat16(self.device):
            return torch.autocast(self.device.type, torch.bfloat16)
        return contextlib.nullcontext()

    def save(self) -> None:
        """Write the resumable state and the fp16 weights."""
        if self.rank == 0:
            counters = Counters(self.step, self.seen, self.seconds)
            save_state(self.out / STATE, self.network, self.optimizers, counters)
            begun = {  # names alone: folders are of one machine
                name: Path(getattr(self.options, name)).name
                for name in ("begin_from", "begin_vocabulary")
            }
            facts = {
                "tokens_seen": self.seen,
                "steps": self.step,
                "seconds": round(self.seconds),
                "options": asdict(self.options) | begun,
            }
            save_weights(self.network, self.vocabulary_sha256, self.out, facts)

    def train_step(self) -> float:
        """One optimiser step over `batch_tokens`; returns the loss in nats a token."""
        options = self.options
        rows = options.batch_tokens // options.context // self.world
        first = (self.step * self.world + self.rank) * rows
        inputs, targets = self.shards.crops(options.seed, first, rows, options.context)
        factor = rate_factor(self.seen / options.tokens, options.warmup, options.decay)
        peaks = (options.matrix_learning_rate, options.learning_rate)
        for optimizer, peak in zip(self.optimizers, peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = peak * factor
        self.network.train()
        with self._autocast():
            loss = self.loss(
                torch.from_numpy(inputs).to(self.device),
                torch.from_numpy(targets).to(self.device),
            )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), options.clip)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.seen += rows * options.context * self.world
        return float(loss.detach())

    @torch.no_grad()
    def dev_loss(self, rows: int = 64) -> float:
        """Mean loss in nats a token on the same crops of the dev split each time."""
        self.network.eval()
        inputs, targets = self.dev.crops(0, 0, rows, self.options.context)
        total = 0.0
        for i in range(0, rows, 16):
            with self._autocast():
                loss = self._dev_loss(
                    torch.from_numpy(inputs[i : i + 16]).to(self.device),
                    torch.from_numpy(targets[i : i + 16]).to(self.device),
                )
            total += float(loss) / (rows / 16)
        return total

    def evaluate(self) -> dict[str, float]:
        """Dev loss, and the share of dev units whose text comes first."""
        copy = Network(self.config, embedding_parts(self.vocabulary))
        copy.load_state_dict(self.network.state_dict())
        scorer = NetworkScorer(copy, self.device, torch.float32)
        return {
            "dev_loss": self.dev_loss(),
            "dev_conversion": conversion_rate(scorer, self.vocabulary, self.units),
        }

    def run(self) -> None:
        """Train until `tokens` are seen or the process is asked to stop; then save."""
        stopped = _on_termination()
        saved = self._logged = time.monotonic()
        bar = tqdm(
            total=self.options.tokens,
            initial=self.seen,
            unit="tok",
            unit_scale=True,
            disable=self.rank != 0,
            mininterval=5,
        )
        losses: list[float] = []
        while self.seen < self.options.tokens and not next(stopped):
            before = self.seen
            losses.append(self.train_step())
            bar.update(self.seen - before)
            if self.step % LOG_EVERY == 0 and self.rank == 0:
                self._report(float(np.mean(losses)))
                bar.set_postfix(loss=f"{np.mean(losses):.3f}")
                losses = []
            if time.monotonic() - saved > 60 * self.options.save_minutes:
                self.save()
                saved = time.monotonic()
        self.save()
        if self.rank == 0:
            self._log({"step": self.step, "tokens": self.seen, **self.evaluate()})
            plot_training(self.out / LOG, self.out / "training.png")

    def _report(self, loss: float) -> None:
        """Log the mean loss since the last report; measure where that is due."""
        self.seconds += time.monotonic() - self._logged
        record = {
            "step": self.step,
            "tokens": self.seen,
            "seconds": round(self.seconds, 1),
            "loss": loss,
            "rate": self.optimizers[1].param_groups[0]["lr"],
        }
        if self.step % self.options.evaluate_every == 0:
            record |= self.evaluate()
        self._log(record)
        self._logged = time.monotonic()

    def _log(self, record: dict[str, float]) -> None:
        with (self.out / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(record) + "\n")


def _on_termination() -> Iterator[bool]:
    """Yields whether SIGTERM or SIGINT came."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: asked.append(received))
    while True:
        yield bool(asked)
