from __future__ import annotations

import os
from pathlib import Path

import pytest

from ime import private_folder


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_new_and_old_folders_are_for_the_user_alone(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    private_folder.make(old, old / "new")
    assert [path.stat().st_mode & 0o777 for path in (old, old / "new")] == [0o700] * 2


def test_a_file_in_its_place_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="exists"):
        private_folder.make(tmp_path / "file")
