from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from ime.errors import Message
from ime.ui.draft_keeper import DraftKeeper
from ime.ui.drafts import Draft, DraftError, DraftFile

DRAFT = Draft("你好\n世界😀", "/tmp/a.txt", 3, "\r\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "drafts"


def _crash_while_holding(folder: Path, text: str) -> None:
    """A process that keeps a draft and is then killed."""
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from ime.ui.drafts import Draft, DraftFile

        file = DraftFile(Path(sys.argv[1]))
        file.claim()
        file.write(Draft(sys.argv[2]))
        (Path(sys.argv[1]) / ".draft-1.json.half").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder), text], check=False)
    assert done.returncode == -signal.SIGKILL


def test_draft_comes_back_as_it_was(folder: Path) -> None:
    first = DraftFile(folder)
    assert first.claim() is None
    first.write(DRAFT)
    first.release()
    assert DraftFile(folder).claim() == DRAFT


def test_draft_of_a_killed_process_comes_back(folder: Path) -> None:
    _crash_while_holding(folder, "你好")
    assert DraftFile(folder).claim() == Draft("你好")
    assert not list(folder.glob("*.half")), "half-written files are swept away"


def test_draft_of_another_window_is_left_alone(folder: Path) -> None:
    first, second = DraftFile(folder), DraftFile(folder)
    first.claim()
    first.write(Draft("one"))
    assert second.claim() is None
    second.write(Draft("two"))
    first.release()
    second.release()
    again = [DraftFile(folder), DraftFile(folder)]
    assert [file.claim() for file in again] == [Draft("one"), Draft("two")]


def test_draft_is_for_its_owner_alone(folder: Path) -> None:
    file = DraftFile(folder)
    file.claim()
    file.write(DRAFT)
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_draft_that_is_cleared_is_gone(folder: Path) -> None:
    file = DraftFile(folder)
    file.claim()
    file.write(DRAFT)
    file.clear()
    file.clear()
    file.release()
    assert DraftFile(folder).claim() is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"format": 1, "te', id="cut-off"),
        pytest.param(b'{"format": 99}', id="newer"),
        pytest.param(b"[]", id="other-json"),
        pytest.param(b"\xff\xfe", id="bytes"),
    ],
)
def test_damaged_draft_is_kept_aside_and_told(folder: Path, data: bytes) -> None:
    folder.mkdir()
    (folder / "draft-1.json").write_bytes(data)
    file = DraftFile(folder)
    with pytest.raises(DraftError, match=r"draft-1\.json\.bad"):
        file.claim()
    assert (folder / "draft-1.json.bad").read_bytes() == data
    file.write(DRAFT)
    file.release()
    assert DraftFile(folder).claim() == DRAFT


def test_draft_in_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = DraftFile(tmp_path / "file" / "drafts")
    with pytest.raises(DraftError, match="no_draft"):
        file.claim()
    with pytest.raises(DraftError):
        file.write(DRAFT)


def test_keeper_asks_for_the_text_in_a_pause(folder: Path, qtbot: QtBot) -> None:
    keeper = DraftKeeper(folder)
    keeper._settle.setInterval(60_000)
    with qtbot.waitSignal(keeper.wanted, timeout=3000):
        keeper.changed(committed=False)
    keeper.close()


def test_keeper_asks_for_the_text_of_somebody_who_never_pauses(
    folder: Path, qtbot: QtBot
) -> None:
    keeper = DraftKeeper(folder)
    typing = QTimer(keeper)
    typing.timeout.connect(lambda: keeper.changed(committed=False))
    typing.start(100)
    with qtbot.waitSignal(keeper.wanted, timeout=4000):
        keeper.changed(committed=False)
    keeper.close()


def test_keeper_asks_sooner_in_a_pause_after_a_commit(folder: Path, qtbot: QtBot) -> None:
    keeper = DraftKeeper(folder)
    keeper._settle.setInterval(60_000)
    with qtbot.waitSignal(keeper.wanted, timeout=3000):
        keeper.changed(committed=True)
    keeper.close()


def test_keeper_restores_the_last_draft(folder: Path, qtbot: QtBot) -> None:
    _crash_while_holding(folder, "你好")
    keeper = DraftKeeper(folder)
    with qtbot.waitSignal(keeper.restored, timeout=5000) as signalled:
        keeper.start()
    assert signalled.args == [Draft("你好")]
    keeper.close()


def test_keeper_says_whether_the_draft_is_safe(folder: Path) -> None:
    keeper = DraftKeeper(folder)
    keeper.start()
    keeper.keep(DRAFT)
    assert keeper.finish()
    keeper.close()
    assert DraftFile(folder).claim() == DRAFT


def test_keeper_tells_of_a_full_disk_once_until_it_works_again(
    folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    told: list[Message] = []
    keeper = DraftKeeper(folder)
    keeper.failed.connect(told.append)
    keeper.start()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        keeper.keep(DRAFT)
        assert not keeper.finish()
        keeper.keep(DRAFT)
        assert not keeper.finish()
    keeper.keep(DRAFT)
    assert keeper.finish()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        keeper.keep(DRAFT)
        assert not keeper.finish()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=5000)
    assert "No space left" in str(told[0])
    keeper.close()


def whole(**changed: object) -> bytes:
    table = {
        "format": 1,
        "text": "你好",
        "file": "",
        "caret": 0,
        "newline": "\n",
        "mark": False,
    }
    return json.dumps(table | changed).encode()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[" * 200_000, id="deep"),
        pytest.param(b'{"format": 1, "text": ' + b"[" * 200_000, id="deep inside"),
        pytest.param(whole().replace(b'"caret": 0', b'"caret": Infinity'), id="infinite"),
        pytest.param(whole().replace(b'"caret": 0', b'"caret": ' + b"9" * 5_000), id="long"),
        pytest.param(whole(text=["a"]), id="list"),
        pytest.param(whole(text=None), id="nothing"),
        pytest.param(whole(sum=5), id="sum"),
        pytest.param(b"[]", id="array"),
        pytest.param(b"null", id="null"),
    ],
)
def test_damaged_drafts_are_kept_one_beside_the_other(folder: Path, data: bytes) -> None:
    folder.mkdir()
    (folder / "draft-1.json.bad").write_text("an older one")
    (folder / "draft-1.json").write_bytes(data)
    file = DraftFile(folder)
    with pytest.raises(DraftError):
        file.claim()
    assert (folder / "draft-1.json.bad").read_text() == "an older one"
    assert (folder / "draft-1.json.bad-2").read_bytes() == data
    file.write(DRAFT)
    file.release()
    assert DraftFile(folder).claim() == DRAFT


def test_one_changed_byte_is_no_draft(folder: Path) -> None:
    file = DraftFile(folder)
    file.claim()
    file.write(Draft("password"))
    file.release()
    path = folder / "draft-1.json"
    path.write_bytes(path.read_bytes().replace(b"password", b"passwore"))
    with pytest.raises(DraftError):
        DraftFile(folder).claim()


def junk(path: Path) -> None:
    path.write_bytes(b"\xff" * 100)


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
@pytest.mark.parametrize("damage", [junk, Path.touch, Path.mkdir, pipe])
def test_a_damaged_lock_hides_no_draft(folder: Path, damage: Callable[[Path], object]) -> None:
    _crash_while_holding(folder, "你好")
    (folder / "draft-1.lock").unlink()
    damage(folder / "draft-1.lock")
    file = DraftFile(folder)
    assert file.claim() == Draft("你好")
    assert (folder / "draft-1.lock").stat().st_mode & 0o777 == 0o600


def test_drafts_of_other_windows_that_were_killed_are_counted(folder: Path) -> None:
    first, second, third = (DraftFile(folder) for _ in range(3))
    for file in (first, second, third):
        file.claim()
        file.write(DRAFT)
    for file in (first, second):
        file.release()
    fourth = DraftFile(folder)
    assert fourth.claim() == DRAFT
    assert fourth.left_by_others() == 1


def test_nothing_to_clear_is_no_fault(folder: Path) -> None:
    DraftFile(folder).clear()
    assert not folder.exists()
