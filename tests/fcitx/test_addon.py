"""Typing through a real fcitx5 and the addon, which is built first."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fcitx.desktop import (
    ALL_CAPABILITIES,
    PASSWORD,
    URL,
    Editor,
    build_addon,
    engine_of,
    fcitx,
    missing,
)

SPACE, RETURN, BACKSPACE = ord(" "), 0xFF0D, 0xFF08


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    if lacking := missing():
        pytest.skip(f"not installed: {lacking} (packages fcitx5, libfcitx5core-dev, cmake)")
    folder = tmp_path_factory.mktemp("fcitx")
    with fcitx(folder, build_addon(folder)) as found:
        first = Editor(found)
        first.focus()
        over = 200
        while engine_of(folder) is None and over:
            first.look(0.1)
            over -= 1
        first.await_(lambda: _ready(first))
        first.leave()
        first.close()
        yield found


def _ready(editor: Editor) -> bool:
    """Whether the engine converts; keys pass until it listens."""
    editor.type("ni")
    editor.look(0.2)
    found = bool(editor.table)
    editor.press(RETURN)
    editor.look(0.2)
    return found


@pytest.fixture
def editor(environ: dict[str, str]) -> Iterator[Editor]:
    one = Editor(environ)
    one.focus()
    yield one
    one.close()


def test_letters_become_hanzi(editor: Editor) -> None:
    editor.type("nihao")
    editor.await_(lambda: "你好" in editor.table)
    assert editor.preedit == "nihao"
    editor.type(" shijie1")
    editor.await_(lambda: editor.text == "你好世界")
    assert editor.press(RETURN) is False
    assert editor.press(BACKSPACE) is False
    editor.look(0.1)
    assert (editor.text, editor.preedit, editor.table) == ("你好世界", "", [])


def test_a_candidate_is_clicked(editor: Editor) -> None:
    editor.type("yiyi")
    editor.await_(lambda: len(editor.table) > 1)
    index = next(i for i, text in enumerate(editor.table) if i and len(text) == 2)
    wanted = editor.table[index]
    editor.choose(index)
    editor.await_(lambda: editor.text == wanted)


def test_what_is_composed_stays_once_where_the_focus_leaves(
    environ: dict[str, str], editor: Editor
) -> None:
    other = Editor(environ)
    editor.type("hao")
    editor.leave()
    other.focus()
    other.look(0.2)
    editor.look(0.2)
    assert (editor.text, editor.preedit, editor.table) == ("hao", "", [])
    assert (other.text, other.preedit, other.table) == ("", "", [])
    other.close()


def test_a_password_goes_straight_through(environ: dict[str, str], editor: Editor) -> None:
    editor.describe(ALL_CAPABILITIES | PASSWORD)
    editor.type("geheim ")
    assert (editor.text, editor.preedit, editor.table) == ("geheim ", "", [])
    folder = Path(environ["MOYIN_HOME"])
    kept = [p for p in folder.rglob("*") if p.is_file() and b"geheim" in p.read_bytes()]
    assert kept == []


def test_an_address_starts_in_english(editor: Editor) -> None:
    editor.describe(ALL_CAPABILITIES | URL)
    editor.type("ni")
    assert editor.text == "ni"


def test_surroundings_are_the_context(editor: Editor) -> None:
    def first(context: str) -> str:
        editor.surroundings(context)
        editor.look(0.2)
        editor.type("shi")
        editor.await_(lambda: bool(editor.table))
        editor.look(0.1)
        found = editor.table[0]
        editor.press(0xFF1B)
        return found

    assert first("他把门关上以后打开了这个城") != first("这件事情不")


def test_the_socket_is_the_users_alone(environ: dict[str, str]) -> None:
    socket = Path(environ["XDG_RUNTIME_DIR"]) / "moyin-fcitx.sock"
    assert socket.stat().st_mode & 0o777 == 0o600


def test_a_killed_engine_leaves_the_letters_and_is_started_again(
    environ: dict[str, str], editor: Editor
) -> None:
    folder = Path(environ["HOME"])
    editor.type("hao")
    engine = engine_of(folder)
    assert engine is not None
    os.kill(engine, signal.SIGKILL)
    editor.await_(lambda: (editor.text, editor.preedit) == ("hao", ""))
    editor.await_(lambda: engine_of(folder) not in (None, engine))
    editor.await_(lambda: _ready(editor))
    editor.text = ""
    editor.type("nihao ")
    editor.await_(lambda: editor.text == "你好")
