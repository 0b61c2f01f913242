from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ime.errors import Message
from ime.personalize.documents.text_of_file import (
    LARGEST,
    READERS,
    DocumentError,
    Paragraph,
    Voice,
    read_file,
)

OWN, QUOTE, CODE = Voice.OWN, Voice.QUOTE, Voice.CODE


def read(path: Path) -> list[tuple[str, Voice]]:
    return [(" ".join(one.text.split()), one.voice) for one in read_file(path)]


def write_docx(path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("今天下雨了。")
    document.add_paragraph("别人说的话。", style="Quote")
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "表里的字"
    document.save(str(path))


def write_odt(path: Path) -> None:
    odfdo = pytest.importorskip("odfdo")
    document = odfdo.Document("text")
    document.body.clear()
    document.body.append(odfdo.Paragraph("今天下雨了。"))
    document.body.append(odfdo.Paragraph("别人说的话。", style="Quotations"))
    document.body.append(odfdo.Paragraph("表里的字"))
    document.save(str(path))


@pytest.mark.parametrize(
    ("suffix", "write"), [(".docx", write_docx), (".odt", write_odt)], ids=["docx", "odt"]
)
def test_text_processors_tell_quotes_by_their_style(
    tmp_path: Path, suffix: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / f"a{suffix}"
    write(path)
    assert read(path) == [("今天下雨了。", OWN), ("别人说的话。", QUOTE), ("表里的字", OWN)]


def test_markdown_tells_quotes_and_code(tmp_path: Path) -> None:
    pytest.importorskip("markdown_it")
    path = tmp_path / "a.md"
    path.write_text(
        "# 题目\n\n今天**下雨**了，\n带`伞`吧。\n\n> 别人说的\n> 两行\n\n"
        "```\n代码\n```\n\n- 一条\n",
        encoding="utf-8",
    )
    assert read(path) == [
        ("题目", OWN), ("今天下雨了， 带 吧。", OWN), ("伞", CODE), ("别人说的 两行", QUOTE),
        ("代码", CODE), ("一条", OWN),
    ]  # fmt: skip


def test_pages_of_the_web_tell_quotes_code_and_scripts(tmp_path: Path) -> None:
    pytest.importorskip("lxml")
    path = tmp_path / "a.html"
    path.write_text(
        "<html><head><title>无</title></head><body><nav>菜单</nav><h1>题目</h1>"
        "<p>今天<b>下雨</b>了<!-- 注 -->。<br>带伞。</p><blockquote><p>别人</p></blockquote>"
        "<pre>代码</pre><script>var 变量</script><div>末尾</div></body></html>",
        encoding="utf-8",
    )
    assert read(path) == [
        ("题目", OWN), ("今天下雨了。", OWN), ("带伞。", OWN), ("别人", QUOTE), ("代码", CODE),
        ("末尾", OWN),
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_plain_text_comes_in_any_code(tmp_path: Path, code: str) -> None:
    path = tmp_path / "a.TXT"
    path.write_bytes("今天下雨了\r\n> 别人说的\n\n带伞".encode(code))
    assert read_file(path) == [
        Paragraph("今天下雨了"), Paragraph("> 别人说的", QUOTE), Paragraph("带伞"),
    ]  # fmt: skip


PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R
/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 67>>stream
BT /F 12 Tf 9 99 Td <4E2D65877684> Tj 0 -14 Td <4E00884C3002> Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/UniGB-UCS2-H
/DescendantFonts[6 0 R]>>endobj
6 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/A
/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 7 0 R>>endobj
7 0 obj<</Type/FontDescriptor/FontName/A/Flags 4>>endobj
trailer<</Root 1 0 R>>
startxref
0
%%EOF
"""


@pytest.mark.filterwarnings("ignore")
def test_lines_of_a_page_are_joined(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF)
    assert read(path) == [("中文的一行。", OWN)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", [".docx", ".odt", ".pdf"])
@pytest.mark.parametrize("data", [b"", b"no such thing", b"PK\x03\x04 cut off"])
def test_damaged_files_are_told_and_not_thrown(
    tmp_path: Path, suffix: str, data: bytes
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        read_file(path)
    assert isinstance(caught.value.told, Message)
    assert caught.value.told.code == "documents.fault.unreadable"


def test_archive_without_a_document_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.txt", "x")
    with pytest.raises(DocumentError):
        read_file(path)


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_missing_and_huge_files_are_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with pytest.raises(DocumentError, match="unreadable"):
        read_file(path)
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(DocumentError, match="too_large"):
        read_file(path)


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(DocumentError, match="unreadable"):
        read_file(path)
