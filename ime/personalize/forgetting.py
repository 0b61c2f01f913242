"""Forgetting through all that was learned: rows, adapters trained on them, reports, and proof.

Adapters go first and rows after them, so that a kill in between leaves less than asked for was
kept, never more: what is still in the log can be forgotten by asking again.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import numpy as np

from ime.errors import AssetError
from ime.personalize.documents.sources import Sources, digests_of
from ime.personalize.judge import CaseConverter
from ime.personalize.models import Models
from ime.personalize.report import Proof, RunReport, Standing
from ime.personalize.training import RunRequest, active_adapter, run
from ime.personalize.training_split import TooFewSelectionsError
from ime.personalize.versions import AdapterFolder
from ime.ports import LanguageModel
from ime.userdb import draft_format, forgetting
from ime.userdb.selection_log import LoggedSelection, SelectionLog
from ime.values import LeftContext
from model.finetune.examples import Example, spell
from model.finetune.progress import Progress
from model.vocab import Vocabulary

_log = logging.getLogger(__name__)

_BEAM = 16
_LARGEST = 64 * 1024 * 1024  # bytes read at once when searching a file

Report = Callable[[Progress], None]


def forget_word(
    request: RunRequest, word: str, searched: Iterable[Path], report: Report
) -> Proof:
    """Forget a word: its rows, the adapters that learned from them, reports, and in drafts.

    Args:
        request: where things are.
        word: hanzi.
        searched: folders of the user in which the word is looked for afterwards.
        report: told of every step; it may raise to cancel the learning anew.

    Returns:
        What was done, with the word's standing before and after.

    Raises:
        StoreError: log or adapters cannot be changed.
    """
    report(Progress("forgetting", 0, 3))
    log = SelectionLog(request.database, run=0)
    try:
        rows = list(log.rows())
        gone = forgetting.rows_choosing(rows, word)
        models = _models(request)
        folder = AdapterFolder(request.adapters)
        syllables = None if models is None else _syllables(rows, word, models.vocabulary)
        before = _standing(models, folder, word, syllables)
        report(Progress("forgetting", 1, 3))
        sources = Sources(request.documents)
        files = sources.leave_out(word)
        versions = _delete_learned(folder, gone, digests_of(files))
        removed = forgetting.forget(log, word)
    finally:
        log.close()
    report(Progress("forgetting", 2, 3))
    rebuilt = _rebuild(request, report) if versions else None
    after = _standing(models, folder, word, syllables)
    report(Progress("forgetting", 3, 3))
    drafts = draft_format.cut_out(word, request.database.parent / draft_format.DRAFTS)
    counts = tuple(traces_of(word, searched)), rebuilt, len(files), drafts
    return Proof(word, removed, tuple(versions), before, after, *counts)


def forget_documents(request: RunRequest, paths: Iterable[Path], report: Report) -> Proof:
    """Take documents back: off the list, and out of what was learned.

    Args:
        request: where things are.
        paths: that were added, or files below them.
        report: told of every step.

    Raises:
        SourcesError: a path is not on the list.
        StoreError: list or adapters cannot be changed.
    """
    report(Progress("forgetting", 0, 2))
    sources = Sources(request.documents)
    gone = [file for path in paths for file in sources.remove(path)]
    versions = _delete_learned(AdapterFolder(request.adapters), set(), digests_of(gone))
    report(Progress("forgetting", 1, 2))
    rebuilt = _rebuild(request, report) if versions else None
    report(Progress("forgetting", 2, 2))
    return Proof("", 0, tuple(versions), None, None, (), rebuilt, len(gone))


def forget_period(request: RunRequest, start: float, end: float, report: Report) -> Proof:
    """Forget what was typed from `start` until before `end`, seconds since 1970, UTC."""
    report(Progress("forgetting", 0, 2))
    log = SelectionLog(request.database, run=0)
    try:
        gone = forgetting.rows_of_period(list(log.rows()), start, end)
        versions = _delete_learned(AdapterFolder(request.adapters), gone)
        removed = forgetting.forget_period(log, start, end)
    finally:
        log.close()
    report(Progress("forgetting", 1, 2))
    rebuilt = _rebuild(request, report) if versions else None
    report(Progress("forgetting", 2, 2))
    return Proof("", removed, tuple(versions), None, None, (), rebuilt)


def forget_everything(request: RunRequest, report: Report) -> Proof:
    """Delete all selections, all adapters, and the list of documents."""
    report(Progress("forgetting", 0, 1))
    versions = AdapterFolder(request.adapters).delete_all()
    sources = Sources(request.documents)
    files = len(sources.files)
    sources.clear()
    log = SelectionLog(request.database, run=0)
    try:
        removed = sum(1 for _ in log.rows())
        log.wipe()
    finally:
        log.close()
    report(Progress("forgetting", 1, 1))
    return Proof("", removed, tuple(versions), None, None, (), None, files)


def traces_of(word: str, folders: Iterable[Path]) -> list[str]:
    """Files below the folders that contain a word in UTF-8, UTF-16 or as JSON escapes it."""
    needles = {word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")}
    escaped = json.dumps(word)[1:-1]
    needles |= {escaped.encode("ascii"), _with_capitals(escaped).encode("ascii")}
    found = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and _contains(path, needles):
                found.add(str(path))
    return sorted(found)


def _with_capitals(escaped: str) -> str:
    return re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), escaped)


def _contains(path: Path, needles: Iterable[bytes]) -> bool:
    longest = max(map(len, needles))
    tail = b""
    with path.open("rb") as file:
        while block := file.read(_LARGEST):
            text = tail + block
            if any(needle in text for needle in needles):
                return True
            tail = text[-longest:]
    return False


def _delete_learned(
    folder: AdapterFolder, gone: set[int], documents: Collection[str] = ()
) -> list[str]:
    """Delete the versions that learned from any of the rows or documents, and every report.

    Args:
        folder: of the versions.
        gone: ids of rows.
        documents: digests of files.
    """
    folder.clear_unfinished()
    if not gone and not documents:
        return []
    oldest = min(gone, default=math.inf)
    kept, deleted = "", []
    for version in folder.versions():
        info = version.info
        if (
            info is None
            or info.through >= oldest
            or not set(documents).isdisjoint(info.documents)
        ):
            deleted.append(version.name)
        else:
            kept = version.name
    if deleted and folder.active() in deleted:
        folder.activate(kept)
    for name in deleted:
        folder.delete(name)
    folder.delete_reports()
    return deleted


def _rebuild(request: RunRequest, report: Report) -> RunReport | None:
    """Learn again from what is left; None where that is too little, or cannot be."""
    try:
        return run(request, report)
    except (TooFewSelectionsError, AssetError):
        return None


def _models(request: RunRequest) -> Models | None:
    """The shipped models; where they are damaged, forgetting goes on without them."""
    try:
        return Models(request.assets, request.threads)
    except AssetError as error:
        _log.warning("the standing of a word cannot be told: %s", error)
        return None


def _syllables(
    rows: Iterable[LoggedSelection], word: str, vocabulary: Vocabulary
) -> tuple[str, ...] | None:
    """How the word was typed; the commonest readings where it never was chosen as a whole."""
    for row in rows:
        selection = row.selection
        at = selection.chosen.find(word)
        if at >= 0 and len(selection.syllables) == len(selection.chosen):
            return selection.syllables[at : at + len(word)]
    common = tuple(vocabulary.syllables[vocabulary.commonest_reading(char)] for char in word)
    return common if all(common) else None


def _standing(
    models: Models | None,
    folder: AdapterFolder,
    word: str,
    syllables: tuple[str, ...] | None,
) -> Standing | None:
    """The word's place with the version in use; None where the model cannot spell it."""
    if models is None or syllables is None:
        return None
    ids = spell(models.vocabulary, word, syllables)
    if ids is None:
        return None
    _, adapter = active_adapter(folder, models.digest)
    score = CaseConverter(models.vocabulary, models.scorer(adapter), models.pairs(), _BEAM)
    (texts,) = score.ranked([Example("", syllables, word)])
    rank = texts.index(word) + 1 if word in texts else 0
    return Standing(rank, math.exp(_nats(score.tokens, ids)))


def _nats(tokens: LanguageModel, ids: tuple[int, ...]) -> float:
    """Score of tokens with nothing before them."""
    state = np.array([tokens.start(LeftContext())])
    total = 0.0
    for token in ids:
        total += float(tokens.log_probs(state)[0, token])
        state = tokens.extend(state, np.array([token]))
    return total
