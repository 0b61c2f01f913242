"""`moyin settings`: the dialog of the settings, without the window."""

from __future__ import annotations

import argparse
import os
import sys

from ime.settings import load, user_folders
from ime.ui.screen import check_display, check_libraries


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Show the dialog until it is closed."""
    del args
    check_display(os.environ, sys.platform)
    check_libraries(os.environ, sys.platform)
    from ime.ui.settings_alone import run_settings

    folders = user_folders()
    return run_settings(load(folders.settings_file).settings, folders.settings_file)
