"""The training loop that fits an adapter to one user; the base stays frozen.

Three terms make the loss: the committed hanzi, in part among all tokens and in part among those
of their own syllable, which is the choice that converting makes, by the mixture of network and
n-gram that converts; a margin over what was shown and passed over (the pairwise log-sigmoid of
Burges et al. 2005); and the divergence from the base on text that the base made up. What comes
out is the state that did best on held-out selections.

Legend: B batch, T time, D width, V vocabulary, N wanted places.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from model.device import has_fast_bfloat16
from model.finetune.examples import Chain, Contrast, Example, chains, contrasts
from model.finetune.ngram_mixture import NgramMixture
from model.finetune.padding import padded, rounded
from model.finetune.progress import Progress
from model.finetune.rehearsal import Rehearsal, sample_replay
from model.finetune.schedule import CurvePoint, is_done, rate_factor
from model.memory import give_back_free
from model.network.adapter import Adapter, attach, read_tensors, write_tensors
from model.network.transformer import Network
from model.vocab import Vocabulary

_REPLAYED = 0.25  # share of the places of a made-up text that are compared in one step


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """Everything that decides a run.

    Attributes:
        rank: of the adapter.
        alpha: the adapter counts alpha / rank times.
        dropout: share of the adapter's low-rank values dropped in training, 0 to below 1.
        learning_rate: peak of AdamW.
        weight_decay: decoupled; pulls the adapter towards nothing.
        epochs: times every selection is seen.
        batch_tokens: a step.
        syllable_share: share of the loss that counts hanzi among those of their syllable; the
            rest counts them among all tokens.
        temperature: by which the logarithms of the mixture are divided among the tokens of a
            syllable; above 1, a hanzi that leads narrowly still gains.
        contrast: weight of the margin over passed-over candidates.
        margin: nats by which the chosen one should lead.
        replay: weight of the divergence from the base.
        replay_texts: texts that the base makes up.
        replay_tokens: length of each.
        evaluations: measurements on held-out selections, about.
        stale: share of the best held-out loss; a measurement in the second half of a run that
            gains less is the last.
        seed: of the adapter's start, of the order and of the replay.
    """

    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.05
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    epochs: float = 3.0
    batch_tokens: int = 512
    syllable_share: float = 0.7
    temperature: float = 1.0
    contrast: float = 0.05
    margin: float = 1.0
    replay: float = 3.0
    replay_texts: int = 32
    replay_tokens: int = 48
    evaluations: int = 6
    stale: float = 5e-4
    seed: int = 20261122


@dataclass(frozen=True, slots=True)
class Measure:
    """How well a network foretells selections, each hanzi after the true ones before it.

    Attributes:
        loss: nats a hanzi, by the terms that training uses.
        right: share of hanzi that lead among those of their syllable, 0 to 1.
        count: hanzi measured.
        lines: of each chain its nats, all of its hanzi together.
    """

    loss: float
    right: float
    count: int
    lines: tuple[float, ...] = ()


@dataclass(frozen=True)
class Result:
    """What a run gives.

    Attributes:
        tensors: of the best adapter.
        rank: of the adapter.
        alpha: of the adapter.
        best_step: after which the best adapter stood; 0: none was better than the start.
        before: held-out measure at the start.
        after: held-out measure of the best adapter.
        curve: of learning.
        replay: what the base made up.
        seconds: of the run.
    """

    tensors: Mapping[str, Tensor]
    rank: int
    alpha: float
    best_step: int
    before: Measure
    after: Measure
    curve: tuple[CurvePoint, ...]
    replay: Rehearsal
    seconds: float

    @property
    def steps(self) -> int:
        """Steps of the optimiser, all of them; the curve goes to the last one."""
        return self.curve[-1].step


Report = Callable[[Progress], None]
"""Told after every step; it may wait (to pause) and may raise (to cancel).

The last of training has done all of its total, which shrinks where training ends early."""


class AdapterTrainer:
    """One run over one network, whose projections get an adapter.

    Args:
        network: the base, in fp32 on the CPU.
        vocabulary: of its tokens.
        options: of the run.
        start: adapter to go on from; its rank and alpha stand above those of `options`.
        background: what is mixed with the network in converting; None for nothing.
    """

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary,
        options: TuneOptions,
        start: Adapter | None = None,
        background: NgramMixture | None = None,
    ) -> None:
        self.network, self.vocabulary, self.options = network, vocabulary, options
        self._background = background or NgramMixture(vocabulary)
        self.rank, self.alpha = options.rank, options.alpha
        if start is not None:
            self.rank, self.alpha = start.info.rank, start.info.alpha
        self._start = start
        self._random = np.random.default_rng(options.seed)
        self._bfloat16 = has_fast_bfloat16(torch.device("cpu"))
        self._parameters: list[torch.nn.Parameter] = []
        with torch.no_grad():
            self._output = network.embedding()  # (V, D), frozen
        self._bias = network.bias.detach()

    def run(
        self, train: Sequence[Example], held_out: Sequence[Example], report: Report
    ) -> Result:
        """Train; the best state on `held_out` comes out.

        Args:
            train: selections to learn, oldest first.
            held_out: newer selections, never trained on.
            report: told of every step.

        Raises:
            AdapterError: the adapter to go on from does not fit.
            ValueError: there is nothing to train on or to measure with.
        """
        most = self.network.config.context
        lines = chains(self.vocabulary, train, most)
        checks = chains(self.vocabulary, held_out, most)
        return self.learn(lines, checks, contrasts(self.vocabulary, train), report)

    def learn(
        self,
        lines: Sequence[Chain],
        checks: Sequence[Chain],
        pairs: Sequence[Contrast],
        report: Report,
    ) -> Result:
        """Train on texts of any origin; the best state on `checks` comes out.

        Args:
            lines: to learn, each no longer than the network's context.
            checks: never trained on.
            pairs: what was committed and what was passed over for it; may be empty.
            report: told of every step.

        Raises:
            AdapterError: the adapter to go on from does not fit.
            ValueError: there is nothing to train on or to measure with.
        """
        began = time.monotonic()
        options = self.options
        if not lines or not checks:
            raise ValueError("need text both to train on and to hold out")
        pairs = pairs if options.contrast else []
        length = min(options.replay_tokens, self.network.config.context)
        replay = sample_replay(
            self.network,
            options.replay_texts,
            length,
            options.seed,
            lambda done: report(Progress("preparing", done, length)),
        )
        torch.manual_seed(options.seed)
        self._parameters = attach(
            self.network, self.rank, self.alpha, options.dropout, options.seed
        )
        if self._start is not None:
            write_tensors(self.network, self._start.tensors)
        return self._train(lines, checks, pairs, replay, report, began)

    def _train(
        self,
        lines: Sequence[Chain],
        checks: Sequence[Chain],
        pairs: Sequence[Contrast],
        replay: Rehearsal,
        report: Report,
        began: float,
    ) -> Result:
        optimizer, total = self._optimizer(), self._steps(lines)
        before = best = self.measure(checks)
        tensors, best_step = read_tensors(self.network), 0
        curve = [CurvePoint(0, math.nan, before.loss)]
        losses: list[float] = []
        batches, started, step = self._batches(lines), time.monotonic(), 0
        while step < total:
            step += 1
            self._set_rate(optimizer, step / total)
            losses.append(self._step(optimizer, next(batches), pairs, replay))
            recent = float(np.mean(losses))
            if step % max(1, total // self.options.evaluations) == 0 or step == total:
                now, losses = self.measure(checks), []
                curve.append(CurvePoint(step, recent, now.loss))
                if now.loss < best.loss:
                    best, best_step, tensors = now, step, read_tensors(self.network)
                if is_done(curve, total, self.options.stale):
                    total = step  # so that the last progress is seen to be the last
            left = (time.monotonic() - started) / step * (total - step)
            report(Progress("training", step, total, recent, curve[-1].held_out, left))
        return Result(
            tensors=tensors,
            rank=self.rank,
            alpha=self.alpha,
            best_step=best_step,
            before=before,
            after=best,
            curve=tuple(curve),
            replay=replay,
            seconds=time.monotonic() - began,
        )

    def _optimizer(self) -> torch.optim.Optimizer:
        options = self.options
        return torch.optim.AdamW(
            self._parameters, lr=options.learning_rate, weight_decay=options.weight_decay
        )

    def _set_rate(self, optimizer: torch.optim.Optimizer, done: float) -> None:
        for group in optimizer.param_groups:
            group["lr"] = self.options.learning_rate * rate_factor(done)

    def _steps(self, lines: Sequence[Chain]) -> int:
        """Optimiser steps of a run over `lines`."""
        tokens = sum(len(line.tokens) for line in lines)
        return max(4, round(self.options.epochs * tokens / self.options.batch_tokens))

    def _batches(self, lines: Sequence[Chain]) -> Iterator[list[Chain]]:
        """Chains of about `batch_tokens` tokens, for ever, every epoch in another order."""
        batch: list[Chain] = []
        size = 0
        while True:
            for i in self._random.permutation(len(lines)).tolist():
                batch.append(lines[i])
                size += len(lines[i].tokens)
                if size >= self.options.batch_tokens:
                    yield batch
                    batch, size = [], 0

    def _autocast(self) -> contextlib.AbstractContextManager[Any]:
        if self._bfloat16:
            return torch.autocast("cpu", torch.bfloat16)
        return contextlib.nullcontext()

    def _step(
        self,
        optimizer: torch.optim.Optimizer,
        batch: Sequence[Chain],
        pairs: Sequence[Contrast],
        replay: Rehearsal,
    ) -> float:
        """One optimiser step; returns the loss on the batch in nats a hanzi."""
        options = self.options
        self.network.train()
        # Each term goes backward before the next is made, so that one graph is in memory.
        everyone, among, _ = self._judge(*self._padded(batch))
        share = options.syllable_share
        loss = self._go_back(((1 - share) * everyone + share * among).mean())
        del everyone, among
        if options.replay:
            self._go_back(options.replay * self._divergence(replay, len(batch)))
        if pairs:
            count = max(1, len(batch) // 2)
            drawn = [pairs[i] for i in self._random.integers(len(pairs), size=count)]
            self._go_back(options.contrast * self._contrast(drawn))
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        give_back_free()  # blocks of many sizes leave gaps, 20 to 40 MB a step
        return loss

    def _padded(self, batch: Sequence[Chain]) -> tuple[Tensor, Tensor]:
        most = self.network.config.context
        return padded(batch, most) if self._bfloat16 else padded(batch, most, rows=1)

    @staticmethod
    def _go_back(term: Tensor) -> float:
        """Adds the gradient of a term of the loss; returns its value."""
        term.backward()  # type: ignore[no-untyped-call]
        return float(term.detach())

    def _logits(self, hidden: Tensor) -> Tensor:
        """(..., D) to (..., V)."""
        rows = hidden.flatten(0, -2)
        with self._autocast():
            filled = F.pad(rows, (0, 0, 0, rounded(len(rows), 64) - len(rows)))
            logits = F.linear(filled, self._output, self._bias)
        return logits[: len(rows)].float().view(*hidden.shape[:-1], -1)

    def _judge(self, tokens: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the mixture thinks of every wanted token; each (N,).

        Returns:
            Nats among all tokens, nats among those of its syllable, whether it leads those.
        """
        with self._autocast():
            hidden = self.network.hidden(tokens)[wanted]  # (N, D)
        logs = self._logits(hidden).log_softmax(-1)
        beside = self._background.beside(tokens, wanted)
        mixed = beside.mixed(logs)  # (N, G)
        chosen = mixed.gather(1, beside.places)[:, 0]
        among = (mixed / self.options.temperature).log_softmax(-1)
        leads = mixed.amax(1) == chosen
        return -chosen, -among.gather(1, beside.places)[:, 0], leads

    def _divergence(self, replay: Rehearsal, count: int) -> Tensor:
        """Mean KL(base || adapted) in nats over places of at most `count` made-up texts."""
        texts, time_ = replay.tokens.shape
        rows = torch.from_numpy(self._random.integers(texts, size=min(count, texts)))
        places = torch.from_numpy(self._random.random(time_) < _REPLAYED)
        places[-1] = True
        with self._autocast():
            hidden = self.network.hidden(replay.tokens[rows])[:, places]
        with torch.no_grad():
            base = self._logits(replay.hidden[rows][:, places]).log_softmax(-1).flatten(0, 1)
        adapted = self._logits(hidden).log_softmax(-1).flatten(0, 1)
        return F.kl_div(adapted, base, log_target=True, reduction="batchmean")

    def _contrast(self, drawn: Sequence[Contrast]) -> Tensor:
        """Mean log-sigmoid loss of the lead of chosen over passed-over texts."""
        lines = []
        for one in drawn:
            for ids in (one.chosen, one.passed):
                asked = (False,) * len(one.context) + (True,) * len(ids)
                lines.append(Chain(one.context + ids, asked))
        tokens, wanted = self._padded(lines)
        everyone, _, _ = self._judge(tokens, wanted)
        sums = torch.zeros(len(wanted)).index_add(0, _rows(wanted), everyone)[: len(lines)]
        lead = sums[1::2] - sums[::2]  # nats by which the chosen text is likelier
        return F.softplus(self.options.margin - lead).mean()

    @torch.no_grad()
    def measure(self, lines: Sequence[Chain]) -> Measure:
        """How well the wanted tokens of chains are foretold."""
        self.network.eval()
        right, count = 0, 0
        share = self.options.syllable_share
        nats: list[float] = []
        for at in range(0, len(lines), 8):
            tokens, wanted = self._padded(lines[at : at + 8])
            everyone, among, leads = self._judge(tokens, wanted)
            sums = torch.zeros(len(wanted)).index_add(
                0, _rows(wanted), (1 - share) * everyone + share * among
            )
            nats += sums[: len(lines[at : at + 8])].tolist()
            right += int(leads.sum())
            count += len(among)
        return Measure(sum(nats) / max(1, count), right / max(1, count), count, tuple(nats))


def _rows(wanted: Tensor) -> Tensor:
    """The row of each of the N wanted places of (B, T)."""
    return torch.arange(len(wanted))[:, None].expand_as(wanted)[wanted]
