"""`moyin personalize`: learn from the log, look at what was learned, take it back, forget."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

import msgspec

from ime.errors import BugError, EnvironmentFaultError
from ime.personalize.facade import overview, words_to_add
from ime.personalize.protocol import (
    Answer,
    Cancelled,
    Failed,
    Finished,
    Forgotten,
    Found,
    Kind,
    Listed,
    Progressed,
    Task,
)
from ime.personalize.supervisor import carry_out, run_task, task_of
from ime.settings import Folders, load, user_folders
from ime.texts.catalogue import told
from ime.texts.learning_reports import (
    documents_text,
    found_words_text,
    proof_text,
    report_text,
    standing_text,
)
from ime.userdb.export import Form, export
from ime.userdb.selection_log import SelectionLog
from ime.values import Mark, MarkKind

_BAR = 28  # characters


class UsageError(EnvironmentFaultError):
    """The arguments do not say what to do."""


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin personalize`."""
    parser.set_defaults(action="status", json=False)
    actions = parser.add_subparsers(dest="action", title="actions", metavar="")
    for name, text in (
        ("run", "learn from what is new, and use it if it helps"),
        ("status", "which version is in use, and how much there is to learn from"),
        ("report", "what the newest run, or that of a version, found out"),
        ("list", "all versions"),
        ("rollback", "go back to the version before, or to one that is named"),
        ("delete", "delete a version"),
        (
            "documents",
            "files of your writing to learn from: add, list, remove, words",
        ),
        ("words", "the candidates that are pinned or hidden"),
        ("forget", "forget a word, a period or everything"),
        ("export", "write the choices (.tsv, .json) or a version (.safetensors) to a file"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("--json", action="store_true", help="print JSON")
        _ADD.get(name, lambda _: None)(action)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--threads", type=int, metavar="N", help="processor threads (all, up to 4)"
    )


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", nargs="?", default="", help="such as v0002")


def _add_forget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("word", nargs="?", default="", help="the word to forget")
    parser.add_argument("--from", dest="start", metavar="TIME", help="such as 2026-01-31T18:00")
    parser.add_argument("--until", dest="end", metavar="TIME", help="not included; default now")
    parser.add_argument("--all", action="store_true", help="everything that was learned")


def _add_documents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="?", choices=("add", "list", "remove", "words"), default="list"
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders to add or remove"
    )
    parser.add_argument(
        "--add",
        nargs="*",
        metavar="WORD",
        help="with words: make these of the words found your own; all where none is named",
    )


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--remove", metavar="WORD", help="take back what was set for a word")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="ends in .tsv, .json or .safetensors")
    parser.add_argument("--version", default="", help="version to export; default that in use")


_ADD = {
    "run": _add_run,
    "report": _add_version,
    "rollback": _add_version,
    "delete": _add_version,
    "forget": _add_forget,
    "words": _add_words,
    "documents": _add_documents,
    "export": _add_export,
}


def run(args: argparse.Namespace) -> int:
    """Do what is asked; 1 where the action could not be done."""
    folders = user_folders()
    match args.action:
        case "run":
            threads = args.threads or load(folders.settings_file).settings.model.threads
            return _work(run_task(folders, threads), as_json=args.json)
        case "forget":
            return _work(forget_task(args, folders), as_json=args.json)
        case "documents":
            return _documents(args, folders)
        case "export":
            return _export(args, folders)
        case "words":
            return _words(args, folders)
        case _:
            return _look(args, folders)


def forget_task(args: argparse.Namespace, folders: Folders) -> Task:
    """What the arguments of `forget` ask for.

    Raises:
        UsageError: they ask for nothing, or for more than one thing.
    """
    asked = [bool(args.word), bool(args.start or args.end), args.all]
    if sum(asked) != 1:
        raise UsageError("Say what to forget: a word, --from and --until, or --all.")
    if args.word:
        return task_of(folders, Kind.FORGET_WORD, word=args.word)
    if args.all:
        return task_of(folders, Kind.FORGET_ALL)
    start = _seconds(args.start) if args.start else 0.0
    end = _seconds(args.end) if args.end else time.time() + 1
    return task_of(folders, Kind.FORGET_PERIOD, start=start, end=end)


def _seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except ValueError as exc:
        raise UsageError(f"{text!r} is no time; write it as 2026-01-31T18:00.") from exc


def _work(task: Task, *, as_json: bool) -> int:
    return _tell(carry_out_with_bar(task), as_json=as_json)


def carry_out_with_bar(task: Task) -> Answer:
    """Let a child do a task, with a bar on standard error; Ctrl+C cancels it."""
    bar = Bar(sys.stderr)
    try:
        return carry_out(task, bar.show)
    finally:
        bar.clear()


def _tell(answer: Answer, *, as_json: bool) -> int:
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(answer), indent=1).decode())
    match answer:
        case Finished() | Forgotten() | Listed() | Found():
            if not as_json:
                print(_said(answer))
            return 0
        case Cancelled():
            print("moyin: cancelled; everything stays as it was", file=sys.stderr)
            return 130
        case Failed(message):
            print(f"moyin: {told(message)}", file=sys.stderr)
        case Progressed():  # never the last word
            raise BugError("the work ended without a last word")
    return 1


def _said(answer: Finished | Forgotten | Listed | Found) -> str:
    match answer:
        case Finished(report):
            return report_text(report)
        case Forgotten(proof):
            return proof_text(proof)
        case Listed(files):
            return documents_text(files)
        case Found(words):
            return found_words_text(words)


def _look(args: argparse.Namespace, folders: Folders) -> int:
    """Actions on the versions, without a child."""
    from ime.personalize.versions import AdapterFolder, VersionError

    folder = AdapterFolder(folders.adapters)
    match args.action:
        case "rollback":
            if args.version:
                folder.activate("" if args.version == "base" else args.version)
            else:
                folder.roll_back()
        case "delete":
            if not args.version:
                raise UsageError("Say which version to delete; `list` shows them.")
            folder.delete(args.version)
        case "report":
            report = folder.report(args.version)
            if report is None:
                raise VersionError("There is no report; `moyin personalize run` makes one.")
            print(_json(report) if args.json else report_text(report))
            return 0
        case _:  # status and list: what is shown below
            pass
    standing = overview(folder, folders.documents)
    if args.json:
        print(_json(standing))
    else:
        print(standing_text(standing, _count(folders)))
    return 0


def _count(folders: Folders) -> int:
    if not folders.database.exists():
        return 0
    log = SelectionLog(folders.database, run=0)
    try:
        return log.count()
    finally:
        log.close()


def _documents(args: argparse.Namespace, folders: Folders) -> int:
    """Add files to learn from, take them back, or list them as they are on the disk now."""
    if (args.what in ("list", "words")) == bool(args.paths):
        raise UsageError("Say which files or folders: documents add PATH..., or remove PATH.")
    if args.what == "words":
        return _found_words(args, folders)
    if args.add is not None:
        raise UsageError("--add WORD... makes words your own that `documents words` finds.")
    if args.what == "remove":
        task = task_of(folders, Kind.FORGET_DOCUMENTS, paths=args.paths)
    else:
        task = task_of(folders, Kind.ADD_DOCUMENTS, paths=args.paths)
    return _work(task, as_json=args.json)


def _found_words(args: argparse.Namespace, folders: Folders) -> int:
    """List the words of the user's own that stand in his documents, and add some."""
    answer = carry_out_with_bar(task_of(folders, Kind.FIND_WORDS))
    if not isinstance(answer, Found) or args.add is None:
        return _tell(answer, as_json=args.json)
    wanted = [one for one in answer.words if not args.add or one.text in args.add]
    if unknown := set(args.add).difference(one.text for one in wanted):
        raise UsageError(f"Not among the words found: {' '.join(sorted(unknown))}.")
    log = SelectionLog(folders.database, run=0)
    try:
        log.words.put(words_to_add(wanted, time.time()))
    finally:
        log.close()
    return _tell(Found(tuple(wanted)), as_json=args.json)


def _words(args: argparse.Namespace, folders: Folders) -> int:
    """List the pinned and hidden candidates, or take those of one word back."""
    if not folders.database.exists():
        marks: list[Mark] = []  # reading would make a log
    else:
        log = SelectionLog(folders.database, run=0)
        try:
            if args.remove:
                _take_back(log, args.remove)
            marks = log.marks()
        finally:
            log.close()
    if args.json:
        print(_json(marks))
    for mark in () if args.json else marks:
        print(f"{mark.kind.value:<7}  {mark.text}  {' '.join(mark.syllables)}")
    return 0


def _take_back(log: SelectionLog, word: str) -> None:
    found = [mark for mark in log.marks() if mark.text == word]
    if not found:
        raise UsageError(f"{word} is neither pinned nor hidden.")
    for mark in found:
        log.set_mark(replace(mark, kind=MarkKind.PLAIN), time.time())


def _export(args: argparse.Namespace, folders: Folders) -> int:
    from ime.personalize.versions import AdapterFolder, VersionError

    match args.file.suffix:
        case ".safetensors":
            folder = AdapterFolder(folders.adapters)
            version = args.version or folder.active()
            if not version:
                raise VersionError("The base model is in use; there is no version to export.")
            folder.export(version, args.file)
            written = version
        case ".tsv" | ".json":
            log = SelectionLog(folders.database, run=0)
            try:
                form: Form = "tsv" if args.file.suffix == ".tsv" else "json"
                written = f"{export(log, args.file, form):,} choices"
            finally:
                log.close()
        case _:
            raise UsageError(f"{args.file} must end in .tsv, .json or .safetensors.")
    print(_json({"written": written}) if args.json else f"{written} -> {args.file}")
    return 0


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode()


class Bar:
    """Progress on one line of a terminal; nothing where the output is no terminal.

    Args:
        out: the terminal.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._on = out.isatty()

    def show(self, progress: Progressed) -> None:
        """Draw where the work is."""
        if not self._on:
            return
        done = progress.step / max(1, progress.total)
        filled = round(_BAR * done)
        text = f"{progress.stage.value:<11}[{'#' * filled}{'.' * (_BAR - filled)}] {done:4.0%}"
        if progress.seconds_left is not None:
            text += f"  {progress.seconds_left:3.0f} s left"
        if progress.held_out is not None:
            text += f"  loss on held-out choices {progress.held_out:.3f}"
        print(f"\r{text:<90}", end="", file=self._out, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._on:
            print(f"\r{'':90}\r", end="", file=self._out, flush=True)
