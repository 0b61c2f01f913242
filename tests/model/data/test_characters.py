"""Tables of characters and symbols, made from a few lines of their sources."""

from __future__ import annotations

import pytest

from model.data.characters import by_parts, by_strokes, by_syllable, readings_of, toneless
from model.data.symbols import names_of, own_names, plain_symbols, rows_of

UNIHAN = """# comment\tkMandarin
U+5973\tkMandarin\tnǚ
U+5C06\tkHanyuPinlu\tjiāng(1194) jiàng(42)
U+5C06\tkMandarin\tjiāng
U+5C06\tkXHC1983\t0558.070:jiāng 0562.010:jiàng 0916.060:qiāng
U+5AD1\tkMandarin\tbáo
U+5AD1\tkTotalStrokes\t13
"""
CLDR = """<ldml><annotations>
<annotation cp="❤">爱 | 红心</annotation><annotation cp="❤" type="tts">红心</annotation>
<annotation cp="√">根号 | sqrt</annotation>
</annotations></ldml>"""


@pytest.mark.parametrize(
    ("reading", "typed"),
    [
        ("nǚ", "nv"),
        ("lüè", "lve"),
        ("xué", "xue"),
        ("jūn", "jun"),
        ("zuo", "zuo"),
        ("ńg", "ng"),
    ],
)
def test_toneless(reading: str, typed: str) -> None:
    assert toneless(reading) == typed


def test_readings_of_all_fields() -> None:
    readings = {c: [*known] for c, known in readings_of(UNIHAN.splitlines()).items()}
    assert readings == {"女": ["nǚ"], "将": ["jiāng", "jiàng", "qiāng"], "嫑": ["báo"]}


def test_by_syllable_tells_standard_characters_from_others() -> None:
    readings = {"将": ["jiang", "qiang"], "嫑": ["bao"], "鉰": ["xyz"]}
    standard = {"将": ["jiang"], "包": ["bao"], "强": ["qiang"]}
    assert by_syllable(readings, standard) == [
        ("bao", "包", "嫑"),
        ("jiang", "将", ""),
        ("qiang", "将强", ""),
    ]


def test_by_strokes_and_parts() -> None:
    lines = ["木\ths", "林\thspnhspn", "x\th", "术\thspn;"]
    assert by_strokes(lines, {"林": 0, "术": 0}) == {"hspnhspn": ["林"]}
    ways = {"林": [["木", "木"]], "嫑": [["不", "要"]], "一": [["一"]], "甲": [["？", "木"]]}
    readings = {"木": ["mu"], "不": ["bu"], "要": ["yao"], "一": ["yi"]}
    found = {code: got for code, got in by_parts(ways, readings).items() if got}
    assert found == {"mumu": ["林"], "buyao": ["嫑"]}


def test_symbols_by_name_and_by_what_describes_them() -> None:
    called, described = names_of(CLDR)
    assert called == [("红心", "❤")]
    kinds = [
        "2764 ; Emoji # heart",
        "1F600..1F601 ; Emoji",
        "1F600..1F601 ; Emoji_Presentation",
    ]
    plain = plain_symbols(kinds)
    assert plain == {"❤"}
    rows = rows_of(called, described, plain)
    assert ("hongxin", "❤\ufe0f", "红心") in rows
    assert ("genhao", "√", "根号") in rows
    assert not [row for row in rows if row[0] in ("ai", "sqrt")]
    assert rows == sorted(rows, key=lambda row: row[0])


def test_own_names_are_hanzi_with_a_symbol() -> None:
    assert ("摄氏度", "℃") in list(own_names())
    assert all(name and symbol for name, symbol in own_names())
