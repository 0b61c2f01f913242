"""`moyin ibus`: Moyin as an input method of the desktop, by IBus."""

from __future__ import annotations

import argparse
import sys


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    below = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    serve = below.add_parser("serve", help="be the engine; ibus-daemon runs this")
    serve.add_argument("--unattended", action="store_true", help=argparse.SUPPRESS)
    serve.add_argument("--again", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Do what the action says."""
    return _serve(args)


def _serve(args: argparse.Namespace) -> int:
    if not args.unattended:
        from ime.ibus.supervisor import supervise

        return supervise([sys.executable, "-m", "ime", "ibus", "serve", "--unattended"])
    from ime.commands.log_file import log_to
    from ime.ibus.process import serve
    from ime.settings import load, user_folders

    folders = user_folders()
    settings = load(folders.settings_file).settings
    log_to(folders.cache / "ibus.log")
    parent = sys.stdin.fileno()
    return serve(settings, folders, parent=parent, again=args.again)
