"""Opens the session that the subcommands type into: the window's, without the window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ime.decode.opening import OpenedConverter, open_converter
from ime.lexicon.phrases import PhraseBook
from ime.ports import Converter
from ime.session.options import session_options
from ime.session.rewriters import RewriteOptions, rewrite
from ime.session.runner import SyncRunner
from ime.session.state import SessionOptions
from ime.settings import Settings, assets_folder, user_folders
from ime.values import CandidateList

Notify = Callable[[str], None]
"""Told, in a sentence for the user, when a lower tier has to do."""


def shipped_converter(
    settings: Settings, notify: Notify | None = None, adapters: Path | None = None
) -> OpenedConverter:
    """The converter with the shipped model, as the settings want it; may take seconds.

    Args:
        settings: say which model runs where.
        notify: told when a lower tier has to do.
        adapters: folder of the user's adapters; None for the shipped model alone.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """
    return open_converter(assets_folder(), settings, notify, adapters)


def personal_converter(settings: Settings, notify: Notify | None = None) -> OpenedConverter:
    """The converter as this user has made it.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """
    return shipped_converter(settings, notify, user_folders().adapters)


def open_runner(
    settings: Settings,
    notify: Notify,
    options: SessionOptions | None = None,
    phrases: PhraseBook | None = None,
    adapters: Path | None = None,
) -> SyncRunner:
    """A session with the shipped converter behind it.

    Args:
        settings: say which model runs where.
        notify: told when a lower tier has to do.
        options: of the session; None for those of the settings.
        phrases: the user's; None for none.
        adapters: folder of the user's adapters; None for the shipped model alone.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """
    converter = shipped_converter(settings, notify, adapters)
    return runner_of(converter, options or session_options(settings), phrases)


def runner_of(
    converter: Converter, options: SessionOptions, phrases: PhraseBook | None = None
) -> SyncRunner:
    """A session with a converter behind it, its lists rewritten as in the window."""
    rewriting = RewriteOptions(phrases=phrases or PhraseBook())

    def rewrite_now(candidates: CandidateList) -> CandidateList:
        return rewrite(candidates, datetime.now().astimezone(), rewriting)

    return SyncRunner(converter, options, rewrite_now)
