"""`moyin restore`: puts back what `moyin backup` wrote."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from ime.backend.backup import contents_of, read_manifest
from ime.backend.restore import finish_interrupted, forgotten_since, restore
from ime.commands.options import warn
from ime.commands.personalize import UsageError
from ime.settings import user_folders
from ime.texts.backups import contents_text, question
from ime.texts.catalogue import say


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin restore`."""
    parser.add_argument("file", type=Path, help="that moyin backup wrote")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(args: argparse.Namespace) -> int:
    """Restore; window and engine may be open, and follow."""
    folders = user_folders()
    if (told := finish_interrupted(folders)) is not None:
        warn(told)
    manifest = read_manifest(args.file)
    kept = forgotten_since(folders, manifest.made)
    print(question(manifest, contents_of(folders), kept))
    if not args.yes:
        if not sys.stdin.isatty():
            raise UsageError("Nobody can be asked here; add --yes to go on.")
        if input(say("backup.go_on")).strip().lower() not in ("y", "yes", "是"):
            return 1
    restore(folders, args.file, time.time())
    print(say("backup.restored"))
    print(contents_text(contents_of(folders)))
    return 0
