"""Where a name has its dot."""

from __future__ import annotations

from pathlib import Path

import pytest

from ime.errors import AssetError
from ime.lexicon.dotted_names import DottedNames

NAMES = DottedNames(["比尔·", "列夫·", "·盖茨", "·托尔斯泰", "裘德·洛", "迪丽热巴·迪力木拉提"])


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ("比尔盖茨", "比尔·盖茨"),
        ("比尔托尔斯泰", "比尔·托尔斯泰"),  # never seen together
        ("裘德洛", "裘德·洛"),
        ("迪丽热巴迪力木拉提", "迪丽热巴·迪力木拉提"),
        ("迪丽热巴", ""),
        ("比尔", ""),
        ("比尔洛", ""),  # one hanzi tells nothing
        ("盖茨比尔", ""),
        ("比尔·盖茨", ""),
        ("", ""),
    ],
)
def test_the_dot_of_a_name(text: str, dotted: str) -> None:
    assert NAMES.with_dot(text) == dotted


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "names").write_bytes(b"\xff\xfe")
    with pytest.raises(AssetError, match="cannot be read"):
        DottedNames.load(tmp_path / "names")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "names").write_text("裘德·洛\t20\n", encoding="utf-8")
    assert DottedNames.load(tmp_path / "names").with_dot("裘德洛") == "裘德·洛"
