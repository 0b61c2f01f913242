"""One run from the log to a version in use: plan, train, judge, keep.

Everything a run makes is written under another name and renamed, and the version in use changes
by the last of these renames; a run that is killed at any instant has not been.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ime.errors import AssetError, Message, StoreError
from ime.manifest import Verifier
from ime.personalize.gate import (
    is_won,
    load_general,
    made_up_cases,
    outcomes,
    refusals,
)
from ime.personalize.judge import CaseConverter
from ime.personalize.report import (
    EXAMPLES,
    Outcome,
    Point,
    Reason,
    Refusal,
    RunReport,
    Tally,
)
from ime.personalize.training_split import RunPlan, make_plan
from ime.personalize.versions import AdapterFolder, VersionError
from ime.userdb.selection_log import LoggedSelection, SelectionLog
from model.device import (
    choose_device,
    inference_dtype,
    threads_for_training,
    use_threads,
)
from model.finetune.adapter_trainer import Result, TuneOptions, Tuner
from model.finetune.examples import Example
from model.finetune.ngram_mixture import NgramMixture
from model.finetune.progress import Progress
from model.memory import give_back_free
from model.mixture import MixtureScorer, load_shares
from model.network.adapter import (
    Adapter,
    AdapterError,
    AdapterInfo,
    base_digest,
    merge,
    scaled,
    write_durably,
)
from model.network.checkpoint import CheckpointError, load_network, sha256_of
from model.network.scorer import NetworkScorer
from model.network.transformer import Network
from model.ngram.trie import Ngram, NgramScorer
from model.ngram.word_pairs import WordPairs
from model.vocab import Vocabulary

STRENGTHS = (1.0, 0.6, 0.3)
"""Shares of an adapter that are tried until the gate lets one pass."""

GENERAL = "general.json"
"""What the base model answers to the general sentences; made once for a base model."""

CONVERTED = 3
"""Grows when cases are converted in another way, so that kept answers do not count."""

_log = logging.getLogger(__name__)

_CONTEXT = 64  # tokens, as in typing

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Where a run finds things and what it may use.

    Attributes:
        database: the selection log.
        assets: folder of the shipped files.
        adapters: folder of the versions.
        threads: of the processor; 0 for all, up to a few.
        options: of the training.
    """

    database: Path
    assets: Path
    adapters: Path
    threads: int = 0
    options: TuneOptions = field(default_factory=TuneOptions)


class Models:
    """The shipped models, for training and for judging.

    Args:
        assets: folder of the shipped files.
        threads: of the processor; 0 for all, up to a few.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """

    def __init__(self, assets: Path, threads: int) -> None:
        use_threads(threads or threads_for_training())
        self._assets, self._weights = assets, assets / "weights"
        try:
            self.digest = base_digest(self._weights)
            self._words_digest = sha256_of(assets / "vocab.tsv")
            self.vocabulary = Vocabulary.load(assets / "vocab.tsv")
            self._ngram = NgramScorer(Ngram(assets / "ngram"))
            self._shares = load_shares(self._weights)
        except (OSError, ValueError, CheckpointError) as exc:
            raise AssetError(
                Message.of("fault.asset_unreadable", path=str(assets), why=str(exc))
            ) from exc

    def network(self, adapter: Adapter | None = None, strength: float = 1.0) -> Network:
        """The base model in fp32, with an adapter merged in.

        Raises:
            AssetError: the weights are damaged.
            AdapterError: the adapter does not fit.
        """
        try:
            network = load_network(self._weights, self.vocabulary, self._words_digest)
        except CheckpointError as exc:
            raise AssetError(
                Message.of("fault.asset_unreadable", path=str(self._weights), why=str(exc))
            ) from exc
        if adapter is not None:
            merge(network, adapter, strength)
        return network

    def pairs(self) -> WordPairs | None:
        """Which words follow each other; typing does without them where they are damaged."""
        try:
            return WordPairs(self._assets / "pairs")
        except (OSError, ValueError):
            return None

    def background(self) -> NgramMixture:
        """What is mixed with the network."""
        return NgramMixture(self.vocabulary, self._ngram, self._shares)

    def scorer(self, adapter: Adapter | None, strength: float = 1.0) -> MixtureScorer:
        """What typing would use with that adapter."""
        device = choose_device("cpu")
        network = NetworkScorer(
            self.network(adapter, strength), device, inference_dtype(device), _CONTEXT
        )
        return MixtureScorer(network, self._ngram, self._shares)


@dataclass(frozen=True, slots=True)
class _Judged:
    """The three sets before and after one strength of an adapter, and its gain in loss."""

    strength: float
    likelier: float
    held_out: list[Outcome]
    known: list[Outcome]
    general: list[Outcome]

    def reasons(self) -> list[Refusal]:
        held_out, known, general = map(Tally.of, (self.held_out, self.known, self.general))
        return refusals(held_out, known, general, self.likelier)


def standing_rows(database: Path) -> list[LoggedSelection]:
    """All rows of the log, oldest first."""
    log = SelectionLog(database, run=0)
    try:
        return list(log.rows())
    finally:
        log.close()


def active_adapter(folder: AdapterFolder, digest: str) -> tuple[str, Adapter | None]:
    """Name and numbers of the version in use; neither where it cannot be used."""
    name = folder.active()
    if not name:
        return "", None
    try:
        return name, folder.load(name, digest)
    except VersionError:  # damaged, or of an older base model: begin anew
        return "", None


def run(request: RunRequest, report: Report) -> RunReport:
    """Learn from the log, judge, and use what was learned if it passes.

    Args:
        request: what to do.
        report: told of every step; it may wait (to pause) and may raise (to cancel).

    Raises:
        TooFewSelectionsError: there is too little to learn from; nothing was changed.
        AssetError: a shipped file is missing or damaged; nothing was changed.
        StoreError: log or adapters cannot be read or written; the version in use stays.
    """
    began = time.monotonic()
    report(Progress("reading", 0, 1))
    folder = AdapterFolder(request.adapters)
    folder.sweep()
    _verify(request.assets)
    models = Models(request.assets, request.threads)
    parent, start = active_adapter(folder, models.digest)
    through = start.info.through if start is not None else 0
    plan = make_plan(standing_rows(request.database), through, request.options.seed)
    general = load_general(request.assets / "anchors" / "general.tsv")
    report(Progress("reading", 1, 1))
    result = _train(models, plan, request.options, start, report)
    adapter = _as_adapter(result, models.digest, parent, plan.through)
    judged = None
    if result.best_step:
        judge = _Judge(models, plan, start, folder, report)
        judge.prepare(general, result)
        judged = judge.best(adapter)
    made = _report(plan, result, judged, parent, time.monotonic() - began)
    if made.accepted and judged is not None:
        made = replace(made, version=folder.next_name())
        folder.add(scaled(adapter, judged.strength), made)
        folder.activate(made.version)
    else:
        folder.refuse(made)
    return made


def _verify(assets: Path) -> None:
    """Compare shipped files with their sums: nothing is to be learned on damaged ones."""
    try:
        verifier = Verifier(assets)
    except AssetError as error:
        _log.warning("what is learned on cannot be verified: %s", error)
        return
    verifier.check("vocab.tsv", "ngram/", "pairs/", "weights/", "anchors/")


def _train(
    models: Models, plan: RunPlan, options: TuneOptions, start: Adapter | None, report: Report
) -> Result:
    try:
        tuner = Tuner(models.network(), models.vocabulary, options, start, models.background())
        result = tuner.run(plan.train, plan.held_out, report)
    except AdapterError as exc:
        raise StoreError(Message.of("personalize.fault.misfit", why=str(exc))) from exc
    except ValueError as exc:
        raise AssetError(Message.of("personalize.fault.unspellable", why=str(exc))) from exc
    del tuner
    give_back_free()  # judging needs other blocks
    return result


def _as_adapter(result: Result, digest: str, parent: str, through: int) -> Adapter:
    info = AdapterInfo(
        base=digest,
        rank=result.rank,
        alpha=result.alpha,
        parent=parent,
        steps=result.steps,
        through=through,
        created=time.time(),
        metrics={"held_out_before": result.before.loss, "held_out_after": result.after.loss},
    )
    return Adapter(info, result.tensors)


class _Judge:
    """Converts the three sets without and with an adapter, and counts as it goes."""

    def __init__(
        self,
        models: Models,
        plan: RunPlan,
        start: Adapter | None,
        folder: AdapterFolder,
        report: Report,
    ) -> None:
        self._models, self._plan, self._start = models, plan, start
        self._folder, self._report = folder, report
        self._pairs = models.pairs()
        self._general: list[Example] = []
        self._before: dict[str, list[str]] = {}
        self._likelier = 0.0
        self._done = self._total = 0
        self._began = time.monotonic()

    def prepare(self, general: Sequence[Example], result: Result) -> None:
        """Convert all sets as things are; the general ones with the base model alone."""
        made_up = made_up_cases(self._models.vocabulary, result.replay.tokens.tolist())
        self._general = [*general, *made_up]
        self._likelier = 1 - result.after.loss / result.before.loss
        cases = len(self._plan.held_out) + len(self._plan.known)
        self._total = 2 * cases + 2 * len(self._general)
        kept = self._kept()
        if kept is None:
            kept = self._convert(self._models.scorer(None), self._general)
            self._keep(kept)
        self._done = len(self._general)
        now = self._models.scorer(self._start)
        self._before = {
            "general": kept,
            "held_out": self._convert(now, self._plan.held_out),
            "known": self._convert(now, self._plan.known),
        }

    def best(self, adapter: Adapter) -> _Judged:
        """The greatest strength that passes; where none does, how the greatest failed."""
        first: _Judged | None = None
        for strength in STRENGTHS:
            judged = self._judge(adapter, strength)
            if not judged.reasons():
                return judged
            first = first or judged
            self._total += len(self._plan.held_out)
        assert first is not None
        return first

    def _judge(self, adapter: Adapter, strength: float) -> _Judged:
        """All sets at one strength; the long ones only if the short one is won."""
        plan, scorer = self._plan, self._models.scorer(adapter, strength)
        held_out = self._pair("held_out", plan.held_out, self._convert(scorer, plan.held_out))
        # A part of an adapter gains about that part in loss.
        likelier = strength * self._likelier
        if not is_won(Tally.of(held_out), likelier) and strength < 1:
            return _Judged(strength, likelier, held_out, [], [])
        known = self._pair("known", plan.known, self._convert(scorer, plan.known))
        general = self._pair("general", self._general, self._convert(scorer, self._general))
        return _Judged(strength, likelier, held_out, known, general)

    def _pair(self, name: str, cases: Sequence[Example], after: list[str]) -> list[Outcome]:
        return outcomes(cases, self._before[name], after)

    def _convert(self, scorer: MixtureScorer, cases: Sequence[Example]) -> list[str]:
        before = self._done

        def tick(done: int) -> None:
            self._done = before + done
            self._tell()

        converter = CaseConverter(self._models.vocabulary, scorer, self._pairs)
        return converter.first(cases, tick)

    def _tell(self) -> None:
        self._total = max(self._total, self._done)
        left = (time.monotonic() - self._began) / self._done * (self._total - self._done)
        self._report(Progress("testing", self._done, self._total, seconds_left=left))

    def _key(self) -> str:
        what = [CONVERTED, self._models.digest, [one.chosen for one in self._general]]
        text = json.dumps(what)
        return hashlib.sha256(text.encode()).hexdigest()

    def _kept(self) -> list[str] | None:
        """What an earlier run found out about the base model and these sentences."""
        try:
            kept = json.loads((self._folder.folder / GENERAL).read_text(encoding="utf-8"))
            texts = [str(text) for text in kept["texts"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return (
            texts if kept["key"] == self._key() and len(texts) == len(self._general) else None
        )

    def _keep(self, texts: Sequence[str]) -> None:
        data = json.dumps({"key": self._key(), "texts": list(texts)}, ensure_ascii=False)
        try:
            write_durably(self._folder.folder / GENERAL, data.encode())
        except OSError as exc:
            why = exc.strerror or str(exc)
            raise StoreError(
                Message.of("fault.unwritable", path=str(self._folder.folder), why=why)
            ) from exc


def _report(
    plan: RunPlan, result: Result, judged: _Judged | None, parent: str, seconds: float
) -> RunReport:
    empty = Tally.of(())
    if judged is None:
        reasons = [Refusal(Reason.NOTHING_LEARNED, len(plan.held_out))]
        judged = _Judged(1.0, 0.0, [], [], [])
    else:
        reasons = judged.reasons()
    return RunReport(
        version="",
        accepted=not reasons,
        reasons=tuple(reasons),
        parent=parent,
        created=time.time(),
        seconds=seconds,
        learned=len(plan.train),
        fresh=plan.fresh,
        strength=judged.strength,
        held_out=Tally.of(judged.held_out) if judged.held_out else empty,
        known=Tally.of(judged.known),
        general=Tally.of(judged.general),
        rescued=tuple(one for one in judged.held_out if one.rescued)[:EXAMPLES],
        broken=tuple(one for one in judged.held_out if one.broken)[:EXAMPLES],
        curve=tuple(
            Point(one.step, None if math.isnan(one.loss) else one.loss, one.held_out)
            for one in result.curve
        ),
    )
