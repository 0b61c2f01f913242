"""One run from log and documents to a version in use: plan, train, judge, keep.

Everything a run makes is written under another name and renamed, and the version in use changes
by the last of these renames; a run that is killed at any instant has not been.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ime.errors import AssetError, Message, StoreError
from ime.manifest import Verifier
from ime.personalize.document_split import LENGTH
from ime.personalize.documents.sources import Sources
from ime.personalize.gate import (
    Gain,
    gain_of,
    is_won,
    load_general,
    made_up_cases,
    outcomes,
    refusals,
)
from ime.personalize.judge import CaseConverter
from ime.personalize.material import Material, Report, gather, is_all_there
from ime.personalize.models import Models
from ime.personalize.report import (
    EXAMPLES,
    Outcome,
    Point,
    Reason,
    Refusal,
    RunReport,
    Tally,
)
from ime.personalize.versions import AdapterFolder, VersionError
from ime.userdb.selection_log import LoggedSelection, SelectionLog
from model.finetune.adapter_trainer import AdapterTrainer, Result
from model.finetune.examples import Example
from model.finetune.options import TuneOptions
from model.finetune.progress import Progress
from model.finetune.unfinished_run import UnfinishedRun
from model.memory import give_back_free
from model.mixture import MixtureScorer
from model.network.adapter import (
    DENSE,
    Adapter,
    AdapterError,
    AdapterInfo,
    scaled,
    write_durably,
)

STRENGTHS = (1.0, 0.6, 0.3)
"""Shares of an adapter that are tried until the gate lets one pass."""

GENERAL = "general.json"
"""What the base model answers to the general sentences; made once for a base model."""

CONVERTED = 3
"""Grows when cases are converted in another way, so that kept answers do not count."""

_log = logging.getLogger(__name__)

OF_DOCUMENTS = TuneOptions(
    rank=32, alpha=64.0, batch_tokens=24 * LENGTH, epochs=1.0, replay=1.0, evaluations=4
)
"""For much text: larger steps, fewer passes, and more that can be learned.

Every weight (`DENSE`) in three passes learns more, but everyday sentences refused it."""

MANY_HANZI = 20_000
"""Hanzi to learn from that are much, of documents or chosen."""

MOST_SEEN = 2_000_000
"""Hanzi that a run sees, again and again: what two processors learn in ten minutes."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Where a run finds things and what it may use.

    Attributes:
        database: the selection log.
        assets: folder of the shipped files.
        adapters: folder of the versions.
        documents: the list of the user's documents.
        threads: of the processor; 0 for all, up to a few.
        options: of training on choices.
        of_documents: of training on documents.
    """

    database: Path
    assets: Path
    adapters: Path
    documents: Path
    threads: int = 0
    options: TuneOptions = field(default_factory=TuneOptions)
    of_documents: TuneOptions = OF_DOCUMENTS


@dataclass(frozen=True, slots=True)
class _Judged:
    """The three sets before and after one strength of an adapter, and its gain in loss."""

    strength: float
    gain: Gain
    held_out: list[Outcome]
    known: list[Outcome]
    general: list[Outcome]

    def reasons(self) -> list[Refusal]:
        held_out, known, general = map(Tally.of, (self.held_out, self.known, self.general))
        return refusals(held_out, known, general, self.gain)


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
    (sources := Sources(request.documents)).survey()
    parent, start = _beginning(folder, models.digest, sources)
    rows, seed = standing_rows(request.database), request.options.seed
    material = gather(models, rows, sources, start, seed, report)
    general = load_general(request.assets / "anchors" / "general.tsv")
    report(Progress("reading", 1, 1))
    options = _options(request, material, start)
    unfinished = UnfinishedRun(folder.unfinished, _key(models, material, options, start))
    result = _train(models, material, options, start, report, unfinished)
    adapter = _as_adapter(result, models, parent, material, start)
    judged = None
    if result.best_step:
        judge = _Judge(models, material, start, folder, report)
        judge.prepare(general, result)
        judged = judge.best(adapter)
    made = _report(material, result, judged, parent, time.monotonic() - began)
    return _keep(folder, adapter, made)


def _keep(folder: AdapterFolder, adapter: Adapter, made: RunReport) -> RunReport:
    """Use what the gate let pass; keep the report of what it did not."""
    if made.accepted:
        made = replace(made, version=folder.next_name())
        folder.add(scaled(adapter, made.strength), made)
        folder.activate(made.version)
    else:
        folder.refuse(made)
    folder.clear_unfinished()
    return made


def _options(request: RunRequest, material: Material, start: Adapter | None) -> TuneOptions:
    """How to train; a dense adapter is gone on with as one."""
    dense = start is not None and start.info.rank == DENSE
    if not dense and material.hanzi < MANY_HANZI:
        return request.options
    options = request.of_documents
    most = MOST_SEEN / max(1, material.hanzi)
    return replace(options, epochs=min(options.epochs, most))


def _key(
    models: Models, material: Material, options: TuneOptions, start: Adapter | None
) -> str:
    """Names all that decides a run of training."""
    parts = [models.digest, options, start.info if start is not None else None]
    whole = hashlib.sha256(repr(parts).encode())
    for lines in material.lines(models, models.length):
        for line in lines:
            whole.update(np.array(line.tokens, np.uint16).tobytes())
    return whole.hexdigest()


def _beginning(
    folder: AdapterFolder, digest: str, sources: Sources
) -> tuple[str, Adapter | None]:
    """The version to go on from; none where what it learned from is gone."""
    parent, start = active_adapter(folder, digest)
    if start is None or is_all_there(sources, start):
        return parent, start
    return "", None


def _verify(assets: Path) -> None:
    """Compare shipped files with their sums: nothing is to be learned on damaged ones."""
    try:
        verifier = Verifier(assets)
    except AssetError as error:
        _log.warning("what is learned on cannot be verified: %s", error)
        return
    verifier.check("vocab.tsv", "ngram/", "pairs/", "weights/", "anchors/")


def _train(
    models: Models,
    material: Material,
    options: TuneOptions,
    start: Adapter | None,
    report: Report,
    unfinished: UnfinishedRun,
) -> Result:
    try:
        tuner = AdapterTrainer(
            models.network(), models.vocabulary, options, start, models.background()
        )
        train, checks = material.lines(models, models.length)
        result = tuner.learn(train, checks, material.pairs(models), report, unfinished)
    except OSError as exc:
        raise StoreError(
            Message.of("fault.unwritable", path=exc.filename or "", why=exc.strerror or "")
        ) from exc
    except AdapterError as exc:
        raise StoreError(Message.of("personalize.fault.misfit", why=str(exc))) from exc
    except ValueError as exc:
        raise AssetError(Message.of("personalize.fault.unspellable", why=str(exc))) from exc
    del tuner
    give_back_free()  # judging needs other blocks
    return result


def _as_adapter(
    result: Result, models: Models, parent: str, material: Material, start: Adapter | None
) -> Adapter:
    """What was trained, with what is known of the documents beside it."""
    info = AdapterInfo(
        base=models.digest,
        rank=result.rank,
        alpha=result.alpha,
        parent=parent,
        steps=result.steps,
        through=material.choices.through,
        created=time.time(),
        metrics={"held_out_before": result.before.loss, "held_out_after": result.after.loss},
    )
    learned = start.info.documents if start is not None else ()
    info = replace(info, documents=(*learned, *material.documents.digests))
    if info.rank != DENSE or not result.best_step:
        return Adapter(info, result.tensors)
    written = material.written(models)
    if start is not None and start.written is not None:
        written += start.written
    _, unseen = material.lines(models, models.length)
    shares = models.tuned_shares(Adapter(info, result.tensors), unseen)
    return Adapter(replace(info, shares=shares), result.tensors, written)


class _Judge:
    """Converts the three sets without and with an adapter, and counts as it goes."""

    def __init__(
        self,
        models: Models,
        material: Material,
        start: Adapter | None,
        folder: AdapterFolder,
        report: Report,
    ) -> None:
        self._models, self._start = models, start
        self._cases, self._known = material.cases, material.choices.known
        self._folder, self._report = folder, report
        self._pairs = models.pairs()
        self._general: list[Example] = []
        self._before: dict[str, list[str]] = {}
        self._gain = Gain(0.0, 1.0)
        self._done = self._total = 0
        self._began = time.monotonic()

    def prepare(self, general: Sequence[Example], result: Result) -> None:
        """Convert all sets as things are; the general ones with the base model alone."""
        made_up = made_up_cases(self._models.vocabulary, result.replay.tokens.tolist())
        self._general = [*general, *made_up]
        self._gain = gain_of(result.before.lines, result.after.lines)
        cases = len(self._cases) + len(self._known)
        self._total = 2 * cases + 2 * len(self._general)
        kept = self._kept()
        if kept is None:
            kept = self._convert(self._models.scorer(None), self._general)
            self._keep(kept)
        self._done = len(self._general)
        now = self._models.scorer(self._start)
        self._before = {
            "general": kept,
            "held_out": self._convert(now, self._cases),
            "known": self._convert(now, self._known),
        }

    def best(self, adapter: Adapter) -> _Judged:
        """The greatest strength that passes; where none does, how the greatest failed."""
        first: _Judged | None = None
        for strength in STRENGTHS:
            judged = self._judge(adapter, strength)
            if not judged.reasons():
                return judged
            first = first or judged
            self._total += len(self._cases)
        assert first is not None
        return first

    def _judge(self, adapter: Adapter, strength: float) -> _Judged:
        """All sets at one strength; the long ones only if the short one is won."""
        scorer = self._models.scorer(adapter, strength)
        held_out = self._pair("held_out", self._cases, self._convert(scorer, self._cases))
        # A part of an adapter gains about that part in loss.
        gain = Gain(strength * self._gain.share, self._gain.chance)
        if not is_won(Tally.of(held_out), gain) and strength < 1:
            return _Judged(strength, gain, held_out, [], [])
        known = self._pair("known", self._known, self._convert(scorer, self._known))
        general = self._pair("general", self._general, self._convert(scorer, self._general))
        return _Judged(strength, gain, held_out, known, general)

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
    material: Material, result: Result, judged: _Judged | None, parent: str, seconds: float
) -> RunReport:
    empty, choices = Tally.of(()), material.choices
    if judged is None:
        reasons = [Refusal(Reason.NOTHING_LEARNED, len(material.cases))]
        judged = _Judged(1.0, Gain(0.0, 1.0), [], [], [])
    else:
        reasons = judged.reasons()
    return RunReport(
        version="",
        accepted=not reasons,
        reasons=tuple(reasons),
        parent=parent,
        created=time.time(),
        seconds=seconds,
        learned=len(choices.train),
        fresh=choices.fresh,
        hanzi=material.documents.hanzi,
        strength=judged.strength,
        held_out=Tally.of(judged.held_out) if judged.held_out else empty,
        known=Tally.of(judged.known),
        general=Tally.of(judged.general),
        rescued=_examples(material, (one for one in judged.held_out if one.rescued)),
        broken=_examples(material, (one for one in judged.held_out if one.broken)),
        curve=tuple(
            Point(one.step, None if math.isnan(one.loss) else one.loss, one.held_out)
            for one in result.curve
        ),
    )


def _examples(material: Material, outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Some of them; without what stands before them where that may be of a document."""
    found = itertools.islice(outcomes, EXAMPLES)
    if not material.documents.cases:
        return tuple(found)
    return tuple(replace(one, context="") for one in found)
