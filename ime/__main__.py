"""`moyin`, also as `python -m ime`: arguments, log file and exit status.

Nothing heavy is imported before it is needed: `moyin --version` loads neither Qt nor torch, and
the children that multiprocessing spawns import this module again.

Exit status: 0 well, 1 a problem that was named on standard error, 2 wrong arguments, 130
stopped by Ctrl+C.
"""

from __future__ import annotations

import argparse
import io
import logging
import multiprocessing
import os
import sys
from collections.abc import Sequence
from functools import partial

from ime.commands.registry import make_parser
from ime.errors import EnvironmentFaultError, ImeError
from ime.texts.catalogue import system_locale, told, use_language

_STOPPED = 130  # 128 + SIGINT, as shells count


def main(argv: Sequence[str] | None = None) -> int:
    """Run `moyin` with arguments; returns the exit status."""
    multiprocessing.freeze_support()
    _speak_utf8()
    use_language("auto", system_locale())
    words = sys.argv[1:] if argv is None else argv
    args = make_parser(words, _run_window).parse_args(words)
    # What the user has to know is printed; Python would print warnings a second time.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        return int(args.run(args))
    except ImeError as error:
        print(f"moyin: {told(error.told)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _STOPPED
    except BrokenPipeError:  # `moyin replay ... | head`: nobody reads on
        # Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run_window(_args: argparse.Namespace) -> int:
    """The window; where none can open, the reason and the conversation in the terminal."""
    from ime.app import run_window
    from ime.backend.opening import open_by_settings
    from ime.backend.restore import finish_interrupted
    from ime.commands.crash_report import watched
    from ime.commands.log_file import log_to
    from ime.settings import load, user_folders
    from ime.ui.screen import check_display

    folders = user_folders()
    undone = finish_interrupted(folders)
    loaded = load(folders.settings_file)
    notices = [*filter(None, [undone]), *loaded.notices, *log_to(folders.log_file)]
    try:
        check_display(os.environ, sys.platform)
        opener = partial(open_by_settings, adapters=folders.adapters)
        with watched(folders.cache / "crashes") as crashes:
            return run_window(loaded.settings, folders, [*crashes, *notices], opener)
    except EnvironmentFaultError as error:
        print(f"moyin: {told(error.told)}", file=sys.stderr)
    from ime.commands import terminal

    return terminal.run()


def _speak_utf8() -> None:
    """Hanzi on every system, and no end of the program over a byte that is no UTF-8."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
