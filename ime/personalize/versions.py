"""The folder of personal adapters: versions, the one in use, reports, figures of all runs.

    adapters/v0001.safetensors   an adapter, whole by its own digest
    adapters/v0001.json          the report of its run
    adapters/refused.json        the report of the newest run whose adapter was refused
    adapters/.unfinished.safetensors   how far a killed run had come; no text, no backup
    adapters/runs.json           the figures of all runs, without any text
    adapters/active.json         which version is in use

Every file is written under another name and renamed, so that a kill at any instant leaves the
old one or the new one. A version counts from the moment its adapter is there.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ime import private_folder
from ime.errors import Message, StoreError
from ime.personalize.active_version import ACTIVE, active_file
from ime.personalize.report import (
    RUNS,
    RunFigures,
    RunReport,
    figures,
    read_figures,
    read_report,
    to_json,
)
from model.network.adapter import (
    Adapter,
    AdapterError,
    AdapterInfo,
    load_adapter,
    read_adapter_info,
    save_adapter,
    write_durably,
)

REFUSED = "refused.json"
UNFINISHED = ".unfinished.safetensors"
_NAME = re.compile(r"v(\d{4,})")


class VersionError(StoreError):
    """A version does not exist, or cannot be used."""


@dataclass(frozen=True, slots=True)
class Version:
    """One adapter of the folder.

    Attributes:
        name: such as v0003.
        info: what it says of itself; None where it is damaged.
        active: whether it is in use.
        report: of its run; None where that is gone.
    """

    name: str
    info: AdapterInfo | None
    active: bool
    report: RunReport | None


class AdapterFolder:
    """Reads and changes the folder; every method may raise `StoreError`.

    Args:
        folder: made when something is first written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """All versions, oldest first."""
        found = [path.stem for path in self.folder.glob("v*.safetensors")]
        return sorted((name for name in found if _NAME.fullmatch(name)), key=_number)

    def versions(self) -> list[Version]:
        """All versions with what is known of them, oldest first."""
        active = self.active()
        return [self._version(name, active) for name in self.names()]

    def active(self) -> str:
        """The version in use; empty for the base model, or where that cannot be told."""
        try:
            path = active_file(self.folder)
        except StoreError:
            return ""
        return path.stem if path is not None and path.exists() else ""

    def load(self, name: str, base: str) -> Adapter:
        """A version, for the base model with that digest.

        Raises:
            VersionError: it is missing, damaged, or made for another base model.
        """
        try:
            return load_adapter(self._file(name), base)
        except AdapterError as exc:
            raise VersionError(
                Message.of("personalize.fault.version_unusable", name=name, why=str(exc))
            ) from exc

    def add(self, adapter: Adapter, report: RunReport) -> None:
        """Keep a new version under `report.version`, without using it yet."""
        with self._writing():
            write_durably(self.folder / f"{report.version}.json", to_json(report))
            save_adapter(adapter, self._file(report.version))
        self._add_figures(report)

    def refuse(self, report: RunReport) -> None:
        """Keep the report of a run whose adapter was refused."""
        with self._writing():
            write_durably(self.folder / REFUSED, to_json(report))
        self._add_figures(report)

    @property
    def unfinished(self) -> Path:
        """The file of a run that was killed; its folder is there."""
        with self._writing():
            return self.folder / UNFINISHED

    def clear_unfinished(self) -> None:
        """Let the next run begin at its beginning."""
        if (self.folder / UNFINISHED).exists():
            with self._writing():
                (self.folder / UNFINISHED).unlink(missing_ok=True)

    def activate(self, name: str) -> None:
        """Use a version from now on; an empty name means the base model.

        Raises:
            VersionError: there is no such version.
        """
        if name and name not in self.names():
            raise no_version(name)
        with self._writing():
            write_durably(self.folder / ACTIVE, json.dumps({"version": name}).encode())

    def roll_back(self) -> str:
        """Use the parent of the active version; returns its name, empty for the base model.

        Raises:
            VersionError: the base model is in use already.
        """
        active = self.active()
        if not active:
            raise VersionError(Message.of("personalize.fault.nothing_to_roll_back"))
        try:
            parent = read_adapter_info(self._file(active)).parent
        except AdapterError:
            parent = ""
        target = parent if parent in self.names() else ""
        self.activate(target)
        return target

    def delete(self, name: str) -> None:
        """Delete a version and its report; the one in use gives way to the base model first."""
        if name not in self.names():
            raise no_version(name)
        if name == self.active():
            self.activate("")
        with self._writing():
            self._file(name).unlink(missing_ok=True)
            (self.folder / f"{name}.json").unlink(missing_ok=True)

    def export(self, name: str, path: Path) -> None:
        """Copy an adapter to another place."""
        if name not in self.names():
            raise no_version(name)
        try:
            write_durably(path, self._file(name).read_bytes())
        except OSError as exc:
            raise StoreError(
                Message.of("fault.unwritable", path=str(path), why=exc.strerror or str(exc))
            ) from exc

    def delete_all(self) -> list[str]:
        """Delete everything in the folder that this program made; returns the versions."""
        gone = self.names()
        self.activate("")
        with self._writing():
            for path in self.folder.iterdir():
                if path.is_file():
                    path.unlink()
        return gone

    def delete_reports(self) -> None:
        """Delete all reports with text in them; the figures of the runs stay."""
        with self._writing():
            for path in [*self.folder.glob("v*.json"), self.folder / REFUSED]:
                path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete what a run that was killed left behind."""
        with self._writing():
            for path in self.folder.glob(".*.part"):
                path.unlink(missing_ok=True)
            for path in self.folder.glob("v*.json"):
                if not path.with_suffix(".safetensors").exists():
                    path.unlink(missing_ok=True)

    def next_name(self) -> str:
        """A name that no version has or had."""
        used = [*self.names(), *(one.version for one in self.runs() if one.version)]
        return f"v{max(map(_number, used), default=0) + 1:04d}"

    def runs(self) -> list[RunFigures]:
        """Figures of all runs, oldest first; none where they are damaged."""
        try:
            return read_figures((self.folder / RUNS).read_bytes())
        except (OSError, ValueError):
            return []

    def report(self, name: str = "") -> RunReport | None:
        """The report of a version, or of the newest run; None where there is none."""
        if name:
            return self._read(self.folder / f"{name}.json")
        reports = [self._read(self.folder / f"{one}.json") for one in self.names()[-1:]]
        reports.append(self._read(self.folder / REFUSED))
        known = [one for one in reports if one is not None]
        return max(known, key=lambda one: one.created, default=None)

    def _version(self, name: str, active: str) -> Version:
        info = None
        with contextlib.suppress(AdapterError):
            info = read_adapter_info(self._file(name))
        return Version(name, info, name == active, self.report(name))

    def _read(self, path: Path) -> RunReport | None:
        try:
            return read_report(path.read_bytes())
        except (OSError, ValueError):
            return None

    def _add_figures(self, report: RunReport) -> None:
        with self._writing():
            write_durably(self.folder / RUNS, to_json([*self.runs(), figures(report)]))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.safetensors"

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            private_folder.make(self.folder)
            yield
        except OSError as exc:
            raise StoreError(
                Message.of(
                    "personalize.fault.folder",
                    folder=str(self.folder),
                    why=exc.strerror or str(exc),
                )
            ) from exc


def no_version(name: str) -> VersionError:
    """The error for a name that no version has."""
    return VersionError(Message.of("personalize.fault.no_version", name=name))


def _number(name: str) -> int:
    match = _NAME.fullmatch(name)
    return int(match.group(1)) if match else 0
