"""The engine killed, the daemon restarted, folders that cannot be written: with own daemons."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ibus.daemon import Daemon, Editor, killed_at_end, wait_for


@contextmanager
def typing(daemon: Daemon) -> Iterator[Editor]:
    """An editor that has the engine."""
    editor = Editor(daemon)
    try:
        editor.focus()
        editor.choose()
        yield editor
    finally:
        editor.close()


def types(editor: Editor) -> None:
    before = editor.text
    editor.type("hao ")
    editor.await_(lambda: editor.text == before + "好")


def test_keys_typed_before_anything_is_loaded_are_kept(own_folder: Path) -> None:
    with killed_at_end(Daemon(own_folder)) as daemon, typing(daemon) as editor:
        editor.burst([ord(c) for c in "nihao shijie "])
        editor.await_(lambda: editor.text == "你好世界")


def test_a_killed_engine_is_started_and_chosen_again(own_folder: Path) -> None:
    with killed_at_end(Daemon(own_folder)) as daemon, typing(daemon) as editor:
        types(editor)
        editor.type("ni")
        parent, child = daemon.engines()
        os.kill(child, signal.SIGKILL)
        wait_for(lambda: len(daemon.engines()) == 2 and daemon.engines()[1] != child)
        editor.await_(editor.engine)
        assert daemon.engines()[0] == parent
        editor.look(0.2)
        assert editor.preedit == ""
        types(editor)


def test_keys_pass_while_there_is_no_engine(own_folder: Path) -> None:
    with killed_at_end(Daemon(own_folder)) as daemon, typing(daemon) as editor:
        types(editor)
        os.kill(daemon.engines()[0], signal.SIGKILL)  # the parent: nobody starts it again
        wait_for(lambda: not daemon.engines())
        editor.look(0.2)
        editor.text = ""
        editor.type("ok")
        assert editor.text == "ok"
        editor.choose()
        types(editor)


def test_the_engine_ends_with_the_daemon_and_comes_back(own_folder: Path) -> None:
    with killed_at_end(Daemon(own_folder)) as daemon:
        with typing(daemon) as editor:
            types(editor)
        daemon.process.kill()
        daemon.process.wait()
        wait_for(lambda: not daemon.engines())
        daemon.start()
        with typing(daemon) as editor:
            types(editor)


@pytest.mark.parametrize("locale", ["C", "POSIX", "zh_CN.GB18030"])
def test_a_locale_without_utf_8(own_folder: Path, locale: str) -> None:
    daemon = Daemon(own_folder, {"LC_ALL": locale})
    with killed_at_end(daemon), typing(daemon) as editor:
        types(editor)


def test_a_folder_that_cannot_be_made(own_folder: Path) -> None:
    (own_folder / "file").write_text("a file where the folder should be")
    home = str(own_folder / "file" / "moyin")
    daemon = Daemon(own_folder, {"MOYIN_HOME": home, "MOYIN_TIER": "ngram"})
    with killed_at_end(daemon), typing(daemon) as editor:
        types(editor)


def test_changes_of_focus_leave_nothing_behind(own_folder: Path) -> None:
    with killed_at_end(Daemon(own_folder)) as daemon, typing(daemon) as editor:
        types(editor)
        with typing(daemon) as other:
            handles = Path(f"/proc/{daemon.engines()[1]}/fd")
            before = len(list(handles.iterdir()))
            for _ in range(20):
                for one in (editor, other):
                    one.focus()
                    one.type("ni")
                    one.leave()
            assert len(list(handles.iterdir())) <= before
        assert editor.text == "好" + "ni" * 20
        types(editor)


def test_the_engine_chosen_twice(own_folder: Path) -> None:
    with killed_at_end(Daemon(own_folder)) as daemon, typing(daemon) as editor:
        types(editor)
        editor.choose()
        editor.choose()
        types(editor)
        assert len(daemon.engines()) == 2
