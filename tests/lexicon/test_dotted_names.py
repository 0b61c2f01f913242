"""Where a name has its dot."""

from __future__ import annotations

from pathlib import Path

import pytest

from ime.errors import AssetError
from ime.lexicon import minority_names
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


@pytest.mark.parametrize(
    ("text", "reading", "dotted"),
    [
        ("迪丽热巴迪力木拉提", "di li re ba di li mu la ti", "迪丽热巴·迪力木拉提"),
        ("麦麦提吐尔逊", "mai mai ti tu er xun", "麦麦提·吐尔逊"),
        ("阿里木江玉素甫", "a li mu jiang yu su fu", "阿里木江·玉素甫"),
        ("阿不都热合曼努尔", "a bu du re he man nu er", "阿不都热合曼·努尔"),
        # Of the sounds alone, where the hanzi are not those of names.
        ("古力娜扎百合提亚尔", "gu li na zha bai he ti ya er", "古力娜扎·拜合提亚尔"),
        ("昔日那一伊利哈姆", "xi ri na yi yi li ha mu", "西日娜依·伊力哈木"),
        # One name, other words, a reading that does not fit, too short to be sure.
        ("迪丽热巴", "di li re ba", ""),
        ("阿不都热合曼", "a bu dou re he man", ""),
        ("今天天气很好", "jin tian tian qi hen hao", ""),
        ("艾力娜孜", "ai li", ""),
        ("爱丽娜子", "ai li na zi", ""),
        ("", "", ""),
    ],
)
def test_names_of_uyghurs_are_told_by_their_parts(text: str, reading: str, dotted: str) -> None:
    assert minority_names.with_dot(text, reading.split()) == dotted


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "names").write_bytes(b"\xff\xfe")
    with pytest.raises(AssetError, match="cannot be read"):
        DottedNames.load(tmp_path / "names")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "names").write_text("裘德·洛\t20\n", encoding="utf-8")
    assert DottedNames.load(tmp_path / "names").with_dot("裘德洛") == "裘德·洛"
