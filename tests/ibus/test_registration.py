"""Becoming known to IBus and being forgotten again, with a desktop that only answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ime.errors import EnvironmentFaultError
from ime.ibus.registration import Ran, Registration, read_list


class Desktop:
    """Lists of settings, and programs that do nothing."""

    def __init__(self) -> None:
        self.lists = {
            ("org.gnome.desktop.input-sources", "sources"): "[('xkb', 'us')]",
            ("org.freedesktop.ibus.general", "preload-engines"): "@as []",
        }
        self.ran: list[tuple[str, ...]] = []

    def run(self, words: Sequence[str], extra: Mapping[str, str]) -> Ran:
        self.ran.append(tuple(words))
        match list(words):
            case ["gsettings", "get", schema, key]:
                return Ran(0, self.lists[schema, key] + "\n")
            case ["gsettings", "set", schema, key, value]:
                self.lists[schema, key] = value
            case _:
                pass
        return Ran(0)


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Desktop:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    return Desktop()


def of_user(home: Path, desktop: Desktop) -> Registration:
    environ = {"HOME": str(home)}
    data = home / ".local" / "share" / "moyin"
    return Registration(data, Path("/icons/moyin.svg"), environ, desktop.run)


def files(home: Path) -> list[str]:
    return sorted(p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file())


def do(steps: object) -> list[str]:
    done = []
    for step in steps:  # type: ignore[attr-defined]
        if step.needed:
            step.do()
            done.append(step.told)
    return done


def test_uninstalling_takes_back_all_that_installing_did(
    tmp_path: Path, desktop: Desktop
) -> None:
    before = dict(desktop.lists)
    moyin = of_user(tmp_path, desktop)
    do(moyin.install())
    assert files(tmp_path) == [
        ".config/environment.d/60-moyin-ibus.conf",
        ".local/share/moyin/ibus-component/moyin.xml",
    ]
    assert "('ibus', 'moyin')" in desktop.lists["org.gnome.desktop.input-sources", "sources"]
    do(moyin.uninstall())
    assert files(tmp_path) == []
    assert {key: read_list(value) for key, value in desktop.lists.items()} == {
        key: read_list(value) for key, value in before.items()
    }


def test_installing_twice_lists_it_once(tmp_path: Path, desktop: Desktop) -> None:
    do(of_user(tmp_path, desktop).install())
    again = do(of_user(tmp_path, desktop).install())
    assert not [told for told in again if told.startswith(("write /", "add"))]
    listed = read_list(desktop.lists["org.gnome.desktop.input-sources", "sources"])
    assert listed == [("xkb", "us"), ("ibus", "moyin")]


def test_every_user_has_files_of_their_own(tmp_path: Path, desktop: Desktop) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    do(of_user(first, desktop).install())
    do(of_user(second, Desktop()).install())
    assert files(first) == files(second)
    do(of_user(first, desktop).uninstall())
    assert files(first) == []
    assert len(files(second)) == 2


def test_looking_at_the_steps_does_nothing(tmp_path: Path, desktop: Desktop) -> None:
    told = [step.told for step in of_user(tmp_path, desktop).install()]
    assert len(told) >= 5
    assert files(tmp_path) == []
    assert not [words for words in desktop.ran if "set" in words]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, desktop: Desktop) -> None:
    (tmp_path / ".local").write_text("a file where the folder should be")
    with pytest.raises(EnvironmentFaultError, match="cannot be written"):
        do(of_user(tmp_path, desktop).install())


@pytest.mark.parametrize("printed", ["nothing", "[", "@as"])
def test_what_is_no_list_is_told(printed: str) -> None:
    with pytest.raises(EnvironmentFaultError):
        read_list(printed)
