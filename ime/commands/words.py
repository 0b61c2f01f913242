"""`moyin words`: words of the user's own, listed, searched, added, removed, moved."""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import get_args

from ime.backend.opening import open_by_settings
from ime.backend.relearn import learned_words, past_of
from ime.commands.options import up_to, warn
from ime.commands.personalize import UsageError
from ime.convert.text_to_pinyin import Reader
from ime.errors import StoreError
from ime.lexicon.importers import moyin
from ime.lexicon.importers.entries import normal
from ime.lexicon.importers.formats import ReadText, import_words
from ime.lexicon.user_layer import LONGEST, SHORTEST, is_own_word
from ime.lexicon.words import Lexicon
from ime.settings import Folders, ModelSettings, Settings, assets_folder, user_folders
from ime.userdb.selection_log import SelectionLog
from ime.userdb.user_words import Order
from ime.values import Mark, MarkKind, UserWord

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
                for word in islice(_words(log, part, args.order), args.limit):
                    reading = " ".join(word.syllables)
                    print(f"{word.text}\t{reading}\t{word.weight:g}\t{word.source}")
            case "add":
                _add(log, args.word, args.reading)
            case "remove":
                _remove(log, args.word, args.source)
            case "import":
                _import(log, args.file, own=args.own, skip=args.skip)
            case "export":
                print(f"{_export(log, args.file):,} words -> {args.file}")
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


def _words(log: SelectionLog, part: str = "", order: Order = "newest") -> Iterator[UserWord]:
    """Learned words by how often they were chosen, then the others in their order."""
    for word in learned_words(past_of(log), Lexicon(assets_folder() / "lexicon")):
        if part in word.text or "".join(word.syllables).startswith(part):
            yield word
    yield from log.words.find(part, order=order)


def _add(log: SelectionLog, text: str, reading: str) -> None:
    syllables = tuple(normal(syllable) for syllable in reading.replace("'", " ").split())
    syllables = syllables or tuple(_reader()(text))
    if not is_own_word(text, syllables):
        raise UsageError(
            f"{text} ({' '.join(filter(None, syllables))}) is no word of {SHORTEST} to "
            f"{LONGEST} hanzi with a syllable for each. Give the reading: chen xing shen."
        )
    log.words.put([UserWord(text, syllables, 1.0, "added", time.time())])
    print(f"{text}  {' '.join(syllables)}")


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
    found = [word for word in _words(log, text) if word.text == text]
    if not found:
        raise UsageError(f"{text} is no word of yours.")
    for word in found:
        forgotten = Mark(MarkKind.FORGOTTEN, "".join(word.syllables), word.syllables, text)
        log.set_mark(forgotten, time.time())
        print(f"{text}  {' '.join(word.syllables)} removed")


def _import(log: SelectionLog, files: Sequence[Path], *, own: bool, skip: bool) -> None:
    """Import all files or none of them."""
    reader = _reader()
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


def _export(log: SelectionLog, path: Path) -> int:
    words = list(_words(log, order="reading"))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(moyin.write(words))
    except OSError as error:
        raise StoreError(
            f"The words cannot be written to {path} ({error.strerror}). "
            "Choose another folder, or free some disk space."
        ) from error
    return len(words)


def _reader() -> ReadText:
    """Tells readings; the model is opened when the first is asked for."""
    opened: list[Reader] = []

    def read(text: str) -> Sequence[str]:
        if not opened:
            # The n-gram reads words as well as the Transformer, and is opened in no time.
            settings = Settings(model=ModelSettings(tier="ngram"))
            opened.append(Reader(open_by_settings(settings, warn).score))
        return opened[0].read(text)

    return read
