"""Opens the converter that settings ask for; every front and every measurement comes here."""

from __future__ import annotations

from pathlib import Path

from ime.backend.options import complaints, converter_options, model_options
from ime.decode.opening import OpenedConverter, open_converter
from ime.decode.options import adapter_notice
from ime.errors import AssetError, Message, Notify, StoreError
from ime.manifest import Verifier
from ime.personalize.active_version import active_file
from ime.settings import Settings, assets_folder, user_folders


def open_by_settings(
    settings: Settings,
    notify: Notify | None = None,
    adapters: Path | None = None,
    assets: Path | None = None,
) -> OpenedConverter:
    """A converter that has learned nothing; may take seconds.

    Args:
        settings: say which model runs where, and how letters are read.
        notify: told when a lower tier has to do, and what of the settings cannot be followed.
        adapters: folder of the user's versions; None for the shipped model alone.
        assets: folder of the shipped files; None for the one that comes with the program.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """
    notify = notify or _nobody
    adapter = None
    if adapters is not None and settings.model.tier != "ngram":
        adapter = _adapter_in_use(adapters, notify)
    assets = assets or assets_folder()
    converter = open_converter(
        assets,
        converter_options(settings),
        model_options(settings, adapter),
        notify,
        _verifier(assets, notify),
    )
    for complaint in complaints(settings):
        notify(complaint)
    return converter


def _verifier(assets: Path, notify: Notify) -> Verifier | None:
    """What compares the shipped files with their sums; None where the sums cannot be read."""
    try:
        return Verifier(assets, user_folders().seals_file)
    except AssetError as exc:
        notify(Message.of("fault.unverified", why=exc.told))
        return None


def _adapter_in_use(adapters: Path, notify: Notify) -> Path | None:
    try:
        return active_file(adapters)
    except StoreError as exc:
        notify(adapter_notice(exc))
        return None


def _nobody(_: str | Message) -> None:
    pass
