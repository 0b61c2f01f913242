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
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ime import __version__
from ime.commands.learning_options import add_learning
from ime.commands.measuring_options import add_bench, add_errors
from ime.commands.model_options import add_model, up_to
from ime.commands.personalize_options import add_arguments
from ime.errors import EnvironmentFaultError, ImeError

_LOG_BYTES = 500_000
_STOPPED = 130  # 128 + SIGINT, as shells count


def main(argv: Sequence[str] | None = None) -> int:
    """Run `moyin` with arguments; returns the exit status."""
    multiprocessing.freeze_support()
    _speak_utf8()
    args = make_parser().parse_args(argv)
    # What the user has to know is printed; Python would print warnings a second time.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        return _run(args)
    except ImeError as error:
        print(f"moyin: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _STOPPED
    except BrokenPipeError:  # `moyin replay ... | head`: nobody reads on
        # Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="moyin",
        description="Type pinyin, pick hanzi; without a subcommand the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"moyin {__version__}")
    commands = parser.add_subparsers(dest="command", title="subcommands", metavar="")
    _add_convert(commands.add_parser("convert", help="convert pinyin to candidates"))
    _add_pinyin(commands.add_parser("pinyin", help="tell how text is read"))
    _add_replay(commands.add_parser("replay", help="type a table of rows and time every key"))
    add_bench(commands.add_parser("bench", help="measure beside other engines, or key times"))
    add_learning(commands.add_parser("learning", help="measure what learning gains and costs"))
    add_errors(commands.add_parser("errors", help="list wrong rows and guess why"))
    add_arguments(commands.add_parser("personalize", help="learn from your choices; forget"))
    add_model(commands.add_parser("doctor", help="check everything and say what to do"))
    return parser


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pinyin", help="letters such as nihaoshijie, or - for lines of input")
    parser.add_argument(
        "--context", default="", metavar="TEXT", help="text left of the letters"
    )
    parser.add_argument(
        "--top", type=up_to(1000), default=10, metavar="N", help="candidates to print (10)"
    )
    parser.add_argument("--json", action="store_true", help="an object a line, with scores")
    add_model(parser)


def _add_pinyin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="-", help="- is lines of the input")
    parser.add_argument("--json", action="store_true", help="an object a line")
    parser.add_argument(
        "--check", type=Path, metavar="SET.tsv", help="read labelled rows instead, and count"
    )
    parser.add_argument("--limit", type=up_to(10**9), metavar="N", help="rows of --check")
    add_model(parser)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "table", nargs="?", default="-", help="id, context, keys, gold by tabs; - is the input"
    )
    parser.add_argument("--picks", action="store_true", help="count what entering gold costs")
    parser.add_argument("--learn", action="store_true", help="commit gold and learn from it")
    parser.add_argument(
        "--personalize-after",
        type=up_to(10**9),
        metavar="N",
        help="with --learn: train after every N rows, and use what passes the gate",
    )
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="a user's choices and versions to begin with, and with --learn to add to",
    )
    parser.add_argument("--context", action="store_true", help="use column 2")
    parser.add_argument("--limit", type=up_to(10**9), metavar="N", help="rows to type")
    parser.add_argument(
        "--pool", action="store_true", help="tell the place of gold in the list"
    )
    parser.add_argument(
        "--page", type=int, choices=range(3, 10), default=5, help="candidates a page (5)"
    )
    add_model(parser)


def _run(args: argparse.Namespace) -> int:
    match args.command:
        case "convert":
            from ime.commands.running import run_convert

            return run_convert(args)
        case "pinyin":
            from ime.commands.running import run_pinyin

            return run_pinyin(args)
        case "replay":
            from ime.commands.running import run_replay

            return run_replay(args)
        case "bench":
            from ime.commands.measuring import run_bench

            return run_bench(args)
        case "learning":
            from ime.commands.measuring import run_learning

            return run_learning(args)
        case "errors":
            from ime.commands.measuring import run_errors

            return run_errors(args)
        case "personalize":
            from ime.commands.personalize import run_personalize

            return run_personalize(args)
        case "doctor":
            return _run_doctor(args)
        case _:
            return _run_window()


def _run_doctor(args: argparse.Namespace) -> int:
    from ime.commands.running import run_doctor
    from ime.ui.screen import check_display, check_libraries

    def check_screen() -> None:
        check_display(os.environ, sys.platform)
        check_libraries(os.environ, sys.platform)

    return run_doctor(args, check_screen)


def _run_window() -> int:
    """The window; where none can open, the reason and the conversation in the terminal."""
    from ime.app import run_window
    from ime.commands.opening import personal_converter
    from ime.settings import load, user_folders
    from ime.ui.screen import check_display

    folders = user_folders()
    loaded = load(folders.settings_file)
    notices = [*loaded.notices, *_log_to(folders.log_file)]
    try:
        check_display(os.environ, sys.platform)
        return run_window(loaded.settings, folders, notices, personal_converter)
    except EnvironmentFaultError as error:
        print(f"moyin: {error}", file=sys.stderr)
    from ime.commands.running import run_terminal

    return run_terminal()


def _log_to(path: Path) -> tuple[str, ...]:
    """Log warnings to a small file of the user's; notices where that cannot be."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        handler = RotatingFileHandler(
            path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"
        )
    except OSError as exc:
        return (f"No log is kept: {path} cannot be written ({exc.strerror}).",)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return ()


def _speak_utf8() -> None:
    """Hanzi on every system, and no end of the program over a byte that is no UTF-8."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
