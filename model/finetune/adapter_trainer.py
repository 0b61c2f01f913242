"""The training loop that fits an adapter to one user.

Three terms make the loss: the committed hanzi, in part among all tokens and in part among those
of their own syllable, which is the choice that converting makes, by the mixture of network and
n-gram that converts; a margin over what was shown and passed over (the pairwise log-sigmoid of
Burges et al. 2005); and the divergence from the base on text that the base made up. What comes
out is the state that did best on held-out selections. A run that was killed goes on from its
last measurement.

Legend: B batch, T time, D width, V vocabulary, N wanted places.
"""

from __future__ import annotations

import contextlib
import itertools
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
from model.finetune.options import TuneOptions
from model.finetune.padding import padded, rounded
from model.finetune.progress import Progress
from model.finetune.rehearsal import Rehearsal, sample_replay
from model.finetune.schedule import CurvePoint, is_done, rate_factor
from model.finetune.unfinished_run import Measure, State, UnfinishedRun
from model.memory import give_back_free
from model.network.adapter import (
    DENSE,
    Adapter,
    Additions,
    DenseAdditions,
    LowRankAdditions,
)
from model.network.transformer import Network
from model.vocab import Vocabulary

_REPLAYED = 0.25  # share of the places of a made-up text that are compared in one step


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
        start: adapter to go on from; its rank and alpha stand above those of `options`, unless
            these ask for a dense one.
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
        self._beside = self._background if options.mixed else NgramMixture(vocabulary)
        self.rank, self.alpha = options.rank, options.alpha
        if start is not None and options.rank != DENSE:
            self.rank, self.alpha = start.info.rank, start.info.alpha
        self._start = start
        self._random = np.random.default_rng(options.seed)
        self._bfloat16 = has_fast_bfloat16(torch.device("cpu"))
        self._additions: Additions
        with torch.no_grad():
            self._base_output = network.embedding()  # (V, D)
        self._base_bias = network.bias.detach().clone()

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
        unfinished: UnfinishedRun | None = None,
    ) -> Result:
        """Train on texts of any origin; the best state on `checks` comes out.

        Args:
            lines: to learn, each no longer than the network's context.
            checks: never trained on.
            pairs: what was committed and what was passed over for it; may be empty.
            report: told of every step.
            unfinished: where a run of the same text may have left off, and this one keeps how
                far it is; None to keep nothing.

        Raises:
            AdapterError: the adapter to go on from does not fit.
            ValueError: there is nothing to train on or to measure with.
        """
        began = time.monotonic()
        if not lines or not checks:
            raise ValueError("need text both to train on and to hold out")
        replay = self._replay(report)
        torch.manual_seed(self.options.seed)
        self._additions = self._attached()
        state = self._train(lines, checks, pairs, replay, report, unfinished)
        return Result(
            tensors=state.tensors,
            rank=self.rank,
            alpha=self.alpha,
            best_step=state.best_step,
            before=state.before,
            after=state.best,
            curve=state.curve,
            replay=replay,
            seconds=time.monotonic() - began,
        )

    def _replay(self, report: Report) -> Rehearsal:
        options = self.options
        length = min(options.replay_tokens, self.network.config.context)
        return sample_replay(
            self.network,
            options.replay_texts,
            length,
            options.seed,
            lambda done: report(Progress("preparing", done, length)),
        )

    def _attached(self) -> Additions:
        if self.rank == DENSE:
            return DenseAdditions(self.network, self._start)
        options = self.options
        return LowRankAdditions(
            self.network, self.rank, self.alpha, options.dropout, options.seed, self._start
        )

    def _train(
        self,
        lines: Sequence[Chain],
        checks: Sequence[Chain],
        pairs: Sequence[Contrast],
        replay: Rehearsal,
        report: Report,
        unfinished: UnfinishedRun | None,
    ) -> State:
        optimizer, total = self._optimizer(), self._steps(lines)
        state = unfinished.take_up(optimizer) if unfinished is not None else None
        state = state or State.begun(self.measure(checks), self._additions.tensors())
        step = first = state.step
        batches = itertools.islice(self._batches(lines), first, None)
        losses: list[float] = []
        started = time.monotonic()
        while step < total:
            step += 1
            self._set_rate(optimizer, step / total)
            losses.append(self._step(optimizer, next(batches), pairs, replay))
            recent = float(np.mean(losses))
            if step % max(1, total // self.options.evaluations) == 0 or step == total:
                now, losses = self.measure(checks), []
                state = state.measured(step, recent, now, self._additions.tensors())
                if is_done(state.curve, total, self.options.stale):
                    total = step  # so that the last progress is seen to be the last
                if unfinished is not None and step < total:
                    unfinished.keep(state, optimizer)
            left = (time.monotonic() - started) / (step - first) * (total - step)
            held_out = state.curve[-1].held_out
            report(Progress("training", step, total, recent, held_out, left))
        return state

    def _optimizer(self) -> torch.optim.Optimizer:
        options = self.options
        return torch.optim.AdamW(
            self._additions.parameters,
            lr=options.learning_rate,
            weight_decay=options.weight_decay,
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
        order = np.random.default_rng(self.options.seed)
        batch: list[Chain] = []
        size = 0
        while True:
            for i in order.permutation(len(lines)).tolist():
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
        everyone, among, _ = self._judge(*self._padded(batch), self._beside)
        share = options.syllable_share
        loss = self._go_back(((1 - share) * everyone + share * among).mean())
        del everyone, among
        if options.replay:
            self._go_back(options.replay * self._divergence(replay, len(batch)))
        if pairs and options.contrast:
            count = max(1, len(batch) // 2)
            drawn = [pairs[i] for i in self._random.integers(len(pairs), size=count)]
            self._go_back(options.contrast * self._contrast(drawn))
        torch.nn.utils.clip_grad_norm_(self._additions.parameters, 1.0)
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
        if self.rank == DENSE:
            return self._read_out(hidden, self.network.embedding(), self.network.bias)
        return self._base_logits(hidden)

    def _base_logits(self, hidden: Tensor) -> Tensor:
        """(..., D) to (..., V), as the base reads them out."""
        return self._read_out(hidden, self._base_output, self._base_bias)

    def _read_out(self, hidden: Tensor, output: Tensor, bias: Tensor) -> Tensor:
        rows = hidden.flatten(0, -2)
        with self._autocast():
            filled = F.pad(rows, (0, 0, 0, rounded(len(rows), 64) - len(rows)))
            logits = F.linear(filled, output, bias)
        return logits[: len(rows)].float().view(*hidden.shape[:-1], -1)

    def _judge(
        self, tokens: Tensor, wanted: Tensor, background: NgramMixture
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What the network, mixed with a background, thinks of every wanted token; each (N,).

        Returns:
            Nats among all tokens, nats among those of its syllable, whether it leads those.
        """
        with self._autocast():
            hidden = self.network.hidden(tokens)[wanted]  # (N, D)
        logs = self._logits(hidden).log_softmax(-1)
        beside = background.beside(tokens, wanted)
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
            base = (
                self._base_logits(replay.hidden[rows][:, places]).log_softmax(-1).flatten(0, 1)
            )
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
        everyone, _, _ = self._judge(tokens, wanted, self._background)
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
            everyone, among, leads = self._judge(tokens, wanted, self._background)
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
