"""`moyin words`: words of the user's own, listed, searched, added, removed, moved."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import get_args

from ime.backend.own_words import LETTERS, export_words, model_reader, own_words, word_from
from ime.commands.options import up_to, warn
from ime.commands.personalize import UsageError
from ime.lexicon.importers.formats import import_words
from ime.settings import Folders, user_folders
from ime.userdb.selection_log import SelectionLog
from ime.userdb.user_words import Order
from ime.values import Mark, MarkKind

_TOLD = 10  # of the places that --skip left out


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin words`."""
    parser.set_defaults(part="list", order="newest", limit=None)
    parts = parser.add_subparsers(dest="part", title="parts", metavar="")
    for name, told in (
        ("list", "list added, imported and learned words"),
        ("search", "list those that hold hanzi, or whose pinyin begins with letters"),
    ):
        listed = parts.add_parser(name, help=told)
        if name == "search":
            listed.add_argument("word", help="hanzi, or pinyin without blanks")
        listed.add_argument("--order", choices=get_args(Order), default="newest")
        listed.add_argument("--limit", type=up_to(10**9), metavar="N", help="no more than N")
    added = parts.add_parser("add", help="add a word")
    added.add_argument("word")
    added.add_argument("reading", nargs="?", default="", help="chen xing shen; told if missing")
    removed = parts.add_parser("remove", help="remove a word, a learned one too")
    removed.add_argument("word", nargs="?", default="")
    removed.add_argument("--source", default="", help="all words of one imported file")
    imported = parts.add_parser("import", help="words of other input methods, or a Rime folder")
    imported.add_argument("file", type=Path, nargs="+")
    imported.add_argument("--own", action="store_true", help="count them as chosen by you")
    imported.add_argument("--skip", action="store_true", help="leave out what is wrong")
    exported = parts.add_parser("export", help="write all words to a table")
    exported.add_argument("file", type=Path)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say."""
    folders = user_folders()
    if args.part in ("list", "search") and not folders.database.exists():
        return 0  # reading would make one
    with _opened(folders) as log:
        match args.part:
            case "list" | "search":
                part = getattr(args, "word", "")
                for word in islice(own_words(log, part, args.order), args.limit):
                    reading = " ".join(word.syllables)
                    print(f"{word.text}\t{reading}\t{word.weight:g}\t{word.source}")
            case "add":
                _add(log, args.word, args.reading)
            case "remove":
                _remove(log, args.word, args.source)
            case "import":
                _import(log, args.file, own=args.own, skip=args.skip)
            case "export":
                print(f"{export_words(log, args.file):,} words -> {args.file}")
            case _:
                raise ValueError(args.part)
    return 0


@contextlib.contextmanager
def _opened(folders: Folders) -> Iterator[SelectionLog]:
    log = SelectionLog(folders.database, run=0)
    try:
        yield log
    finally:
        log.close()


def _add(log: SelectionLog, text: str, reading: str) -> None:
    word = word_from(text, reading, model_reader(warn), time.time())
    log.words.put([word])
    print(f"{text}  {' '.join(word.syllables)}")


def _remove(log: SelectionLog, text: str, source: str) -> None:
    if bool(text) == bool(source):
        raise UsageError("Name a word, or the file that words came from with --source.")
    if source:
        removed = log.words.remove_source(source)
        known = ", ".join(name for name, _ in log.words.sources()) or "none"
        if not removed:
            raise UsageError(f"No word came from {source}; known are: {known}.")
        print(f"{removed:,} words removed")
        return
    found = [word for word in own_words(log, text) if word.text == text]
    if not found:
        raise UsageError(f"{text} is no word of yours.")
    for word in found:
        reading = () if word.source == LETTERS else word.syllables
        forgotten = Mark(MarkKind.FORGOTTEN, "".join(word.syllables), reading, text)
        log.set_mark(forgotten, time.time())
        print(f"{text}  {' '.join(word.syllables)} removed")


def _import(log: SelectionLog, files: Sequence[Path], *, own: bool, skip: bool) -> None:
    """Import all files or none of them."""
    reader = model_reader(warn)
    read = [import_words(file, reader, time.time(), own=own, skip=skip) for file in files]
    new = log.words.put(word for one in read for word in one.words)
    for file, one in zip(files, read, strict=True):
        print(f"{file}: {len(one.words):,} words, {one.unread:,} readings told by the model")
        if one.left_out:
            print(f"  left out: {one.left_out:,} entries that are not two hanzi and more")
        for told in one.skipped[:_TOLD]:
            print(f"  skipped: {told}")
        if len(one.skipped) > _TOLD:
            print(f"  skipped: {len(one.skipped) - _TOLD:,} more")
    print(f"{new:,} are new; an open window knows them when it is opened next")
