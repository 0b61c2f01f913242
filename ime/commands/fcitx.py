"""`moyin fcitx serve`: the engine behind the addon of fcitx5, which starts it."""

from __future__ import annotations

import argparse

from ime.commands.log_file import log_to
from ime.settings import load, user_folders


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    below = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    below.add_parser("serve", help="be the engine; the addon of fcitx5 runs this")


def run(args: argparse.Namespace) -> int:
    """Do what the action says."""
    del args  # there is one
    from ime.fcitx.serve import serve

    folders = user_folders()
    log_to(folders.cache / "fcitx.log")
    return serve(load(folders.settings_file).settings, folders)
