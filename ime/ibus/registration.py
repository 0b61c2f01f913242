"""Makes Moyin known to IBus without root, step by step, and takes every step back.

The daemon reads per-user components only from folders that IBUS_COMPONENT_PATH names, so the
session's environment has to name ours. GNOME lists input sources, other desktops the engines
that IBus preloads.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ime import atomic_write
from ime.desktop.own_command import own_command
from ime.errors import EnvironmentFaultError
from ime.ibus.component import component_file

SYSTEM_COMPONENTS = "/usr/share/ibus/component"
VARIABLE = "IBUS_COMPONENT_PATH"
_COMMAND_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program said.

    Attributes:
        status: of its exit; 127 where there is no such program.
        output: on its standard output.
    """

    status: int
    output: str = ""


Run = Callable[[Sequence[str], Mapping[str, str]], Ran]
"""Runs a program with these variables above those of the process."""


def run_program(words: Sequence[str], extra: Mapping[str, str]) -> Ran:
    """Run a program of the desktop's."""
    if shutil.which(words[0]) is None:
        return Ran(127)
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **extra},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Ran(126)
    return Ran(done.returncode, done.stdout)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done, or taken back.

    Attributes:
        told: what it is, as the user reads it.
        needed: whether it changes anything.
        do: does it.
    """

    told: str
    needed: bool
    do: Callable[[], object]


class Registration:
    """The places of one user where IBus looks."""

    def __init__(
        self, data: Path, icon: Path, environ: Mapping[str, str], run: Run = run_program
    ) -> None:
        """Look at nothing yet.

        Args:
            data: folder of Moyin's own files.
            icon: file of the icon.
            environ: variables of the user's session.
            run: runs programs.
        """
        self._run = run
        self._icon = icon
        home = Path(environ.get("HOME") or Path.home())
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        self.folder = data / "ibus-component"
        self.component = self.folder / "moyin.xml"
        self.environment = config / "environment.d" / "60-moyin-ibus.conf"
        self._path = f"{self.folder}:{SYSTEM_COMPONENTS}"
        self._extra = {VARIABLE: self._path}

    def install(self) -> Iterator[Step]:
        """The steps that make Moyin known; each looks when its turn comes."""
        command = (*own_command(), "ibus", "serve")
        yield self._file(self.component, component_file(command, self._icon))
        yield self._file(self.environment, f"{VARIABLE}={self._path}\n")
        yield self._command("tell the session", self._session_words(f"{VARIABLE}={self._path}"))
        yield from self._restart(self._extra)
        for names in _LISTS:
            yield from self._enlist(names, wanted=True)

    def uninstall(self) -> Iterator[Step]:
        """The steps that take all of it back."""
        for names in _LISTS:
            yield from self._enlist(names, wanted=False)
        yield self._gone(self.component)
        yield self._gone(self.environment)
        yield self._command("tell the session", self._session_words(""))
        yield from self._restart({VARIABLE: SYSTEM_COMPONENTS})

    def status(self) -> Iterator[tuple[str, bool]]:
        """What is there, and whether it is as it should be."""
        yield f"component file {self.component}", self.component.exists()
        yield f"environment {self.environment}", self.environment.exists()
        running = self._run(("ibus", "address"), {}).output.strip()
        yield "ibus-daemon runs", running not in ("", "(null)")
        engines = self._run(("ibus", "list-engine", "--name-only"), {}).output.split()
        yield "ibus-daemon knows the engine", "moyin" in engines
        yield (
            "the engine is chosen",
            self._run(("ibus", "engine"), {}).output.strip() == "moyin",
        )
        for names in _LISTS:
            if (listed := self._listed(names)) is not None:
                yield f"{names.schema} {names.key} has it", names.entry in listed

    # --- steps -------------------------------------------------------------------------------

    def _file(self, path: Path, text: str) -> Step:
        def write() -> None:
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                atomic_write.replace(path, text.encode(), mode=0o644)
            except OSError as exc:
                raise EnvironmentFaultError(
                    f"{path} cannot be written ({exc.strerror}); check the folder's "
                    "permissions and the free disk space."
                ) from exc

        there = path.exists() and path.read_text("utf-8", "replace") == text
        return Step(f"write {path}", not there, write)

    def _gone(self, path: Path) -> Step:
        def remove() -> None:
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()

        return Step(f"remove {path}", path.exists(), remove)

    def _command(
        self, why: str, words: Sequence[str], extra: Mapping[str, str] | None = None
    ) -> Step:
        there = shutil.which(words[0]) is not None
        told = f"{why}: {' '.join(words)}"
        return Step(told, there, lambda: self._run(words, extra or {}))

    def _session_words(self, assignment: str) -> Sequence[str]:
        verb = (
            ("set-environment", assignment) if assignment else ("unset-environment", VARIABLE)
        )
        return ("systemctl", "--user", *verb)

    def _restart(self, extra: Mapping[str, str]) -> Iterator[Step]:
        """Let the daemon read the components anew; its own environment is that of its start."""
        yield self._command("write the registry", ("ibus", "write-cache"), extra)
        yield self._command("restart the daemon", ("ibus", "restart"), extra)

    def _listed(self, names: _List) -> list[object] | None:
        """What a list of the desktop's settings holds; None where there is no such list."""
        ran = self._run(("gsettings", "get", names.schema, names.key), {})
        return read_list(ran.output) if ran.status == 0 else None

    def _enlist(self, names: _List, *, wanted: bool) -> Iterator[Step]:
        listed = self._listed(names)
        if listed is None:
            return
        changed = [entry for entry in listed if entry != names.entry]
        if wanted:
            changed.append(names.entry)
        words = ("gsettings", "set", names.schema, names.key, str(changed))
        verb = "add it to" if wanted else "take it out of"
        needed = (names.entry in listed) != wanted
        yield Step(f"{verb} {names.schema} {names.key}", needed, lambda: self._run(words, {}))


@dataclass(frozen=True, slots=True)
class _List:
    """A list of the desktop's settings, and our entry in it."""

    schema: str
    key: str
    entry: object


_LISTS = (
    _List("org.gnome.desktop.input-sources", "sources", ("ibus", "moyin")),
    _List("org.freedesktop.ibus.general", "preload-engines", "moyin"),
)


def read_list(printed: str) -> list[object]:
    """A list as gsettings prints it, such as "[('xkb', 'us')]" or "@as []".

    Raises:
        EnvironmentFaultError: it is none.
    """
    text = printed.strip()
    if text.startswith("@"):
        text = text.partition(" ")[2]
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError) as exc:
        raise EnvironmentFaultError(f"gsettings printed no list: {printed.strip()}") from exc
    return list(value)
