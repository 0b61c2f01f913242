from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ibus.daemon import Daemon, Editor


NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """One daemon for all tests that do not harm it."""
    from tests.ibus.daemon import Daemon, Editor, killed_at_end, missing

    if lacking := missing():
        pytest.skip(f"not installed: {lacking} (packages ibus, dbus)")
    with killed_at_end(Daemon(tmp_path_factory.mktemp("ibus"))) as started:
        first = Editor(started, "first")  # its focus comes without a name
        first.focus()
        first.choose()
        first.type("ni")
        first.await_(lambda: bool(first.table))
        first.leave()
        yield started
        first.close()


@pytest.fixture
def open_editor(daemon: Daemon) -> Iterator[Callable[..., Editor]]:
    """Makes editors that have the engine."""
    from tests.ibus.daemon import Editor

    opened: list[Editor] = []

    def make(name: str | None = None, capabilities: int = 0b111111) -> Editor:
        name = f"test-{next(NUMBERS)}" if name is None else name  # no mode is remembered for it
        editor = Editor(daemon, name, capabilities)
        opened.append(editor)
        editor.focus()
        editor.choose()
        return editor

    yield make
    for editor in opened:
        editor.close()


@pytest.fixture
def editor(open_editor: Callable[..., Editor]) -> Editor:
    """An editor with the keyboard, in Chinese mode."""
    return open_editor()


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """A folder for a daemon of a test's own."""
    from tests.ibus.daemon import missing

    if lacking := missing():
        pytest.skip(f"not installed: {lacking} (packages ibus, dbus)")
    return tmp_path
