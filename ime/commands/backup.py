"""`moyin backup`: everything of the user's in one file."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ime.backend.backup import back_up, contents_of
from ime.backend.restore import finish_interrupted
from ime.commands.options import warn
from ime.settings import user_folders
from ime.texts.backups import contents_text
from ime.texts.catalogue import say


def add(parser: argparse.ArgumentParser) -> None:
    """The command line below `moyin backup`."""
    parser.add_argument("file", type=Path, help="to write; one that exists is replaced")


def run(args: argparse.Namespace) -> int:
    """Write the file; window and engine may be open."""
    folders = user_folders()
    if (told := finish_interrupted(folders)) is not None:
        warn(told)
    back_up(folders, args.file, time.time())
    size = args.file.stat().st_size / 1e6
    print(say("backup.done", path=str(args.file), size=size))
    print(contents_text(contents_of(folders)))
    print(say("backup.private"))
    return 0
