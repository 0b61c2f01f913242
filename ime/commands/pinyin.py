"""`moyin pinyin`: how running text is read."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from ime.backend.opening import open_by_settings
from ime.bench.reading_accuracy import check
from ime.commands.options import add_model, loaded_settings, up_to, warn, with_model
from ime.convert.text_to_pinyin import Reader
from ime.settings import Settings, user_folders


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin pinyin`."""
    parser.add_argument("text", nargs="?", default="-", help="- is lines of the input")
    parser.add_argument("--json", action="store_true", help="an object a line")
    parser.add_argument(
        "--check", type=Path, metavar="SET.tsv", help="read labelled rows instead, and count"
    )
    parser.add_argument("--limit", type=up_to(10**9), metavar="N", help="rows of --check")
    add_model(parser)


def run(args: argparse.Namespace) -> int:
    """Tell how text is read; a check uses no settings of the user's."""
    settings = with_model(
        loaded_settings(user_folders()) if args.check is None else Settings(), args
    )
    reader = Reader(open_by_settings(settings, warn).score)
    if args.check is None:
        lines = sys.stdin if args.text == "-" else [args.text]
        read_lines(reader, lines, sys.stdout, as_json=args.json)
        return 0
    print(check(reader, args.check, args.limit, warn), end="")
    return 0


def read_lines(reader: Reader, lines: Iterable[str], out: TextIO, *, as_json: bool) -> None:
    """Write the reading of each line.

    Args:
        reader: of the text.
        lines: each read for itself; their ends are dropped.
        out: where to.
        as_json: an object a line, with a syllable or null for each character.
    """
    for line in lines:
        text = line.rstrip("\r\n")
        syllables = reader.read(text)
        if as_json:
            values = [syllable or None for syllable in syllables]
            written = json.dumps({"text": text, "syllables": values}, ensure_ascii=False)
        else:
            written = spelled(text, syllables)
        print(written, file=out, flush=True)


def spelled(text: str, syllables: Sequence[str]) -> str:
    """Syllables in the place of hanzi, with a space between what would run together.

    Args:
        text: what was read.
        syllables: one a character; empty where the character itself is to stand.
    """
    parts: list[str] = []
    before = ""  # the syllable before, if there is one
    for char, syllable in zip(text, syllables, strict=True):
        last = parts[-1] if parts else ""
        part = syllable or char
        if (syllable or before) and part.isalnum() and last.isalnum():
            parts.append(" ")
        parts.append(part)
        before = syllable
    return "".join(parts)
