"""One sound file of every format, with the same three words in it where it can."""

from __future__ import annotations

import struct

Row = tuple[str, tuple[str, ...], int]

ROWS: list[Row] = [
    ("陈省身", ("chen", "xing", "shen"), 5),
    ("旅行", ("lv", "xing"), 9),
    ("格洛丽亚", ("ge", "luo", "li", "ya"), 7),
]


def scel(rows: list[Row]) -> bytes:
    """A cell dictionary of Sogou, as its fields are documented by those who read it."""
    syllables = sorted({syllable for _, reading, _ in rows for syllable in reading})
    head = bytearray(0x1540)
    head[:12] = b"\x40\x15\x00\x00DCS\x01\x01\x00\x00\x00"
    struct.pack_into("<IIII", head, 0x120, len(rows), len(rows), 0, 0)
    name = "样本".encode("utf-16-le")
    head[0x130 : 0x130 + len(name)] = name
    parts = [bytes(head), struct.pack("<HH", len(syllables), 0)]
    for code, syllable in enumerate(syllables):
        spelled = syllable.encode("utf-16-le")
        parts += [struct.pack("<HH", code, len(spelled)), spelled]
    for text, reading, weight in rows:
        codes = [syllables.index(syllable) for syllable in reading]
        word = text.encode("utf-16-le")
        parts += [struct.pack(f"<HH{len(codes)}H", 1, 2 * len(codes), *codes)]
        parts += [struct.pack("<H", len(word)), word, struct.pack("<HI6x", 10, weight)]
    return b"".join(parts)


def _lines(form: str) -> bytes:
    return "".join(
        form.format(text=text, blanks=" ".join(r), marks="'".join(r), weight=weight)
        for text, r, weight in ROWS
    ).encode()


RIME = b"# Rime dictionary\n---\nname: sample\nversion: '1'\nsort: by_weight\n...\n\n"
MICROSOFT = (
    '<?xml version="1.0" encoding="utf-8"?>\n<ns1:Dictionary xmlns:ns1="urn:sample">\n'
    + "".join(
        "<ns1:DictionaryEntry>"
        f"<ns1:InputString>{' '.join(s + '1' for s in r)}</ns1:InputString>"
        f"<ns1:OutputString>{text}</ns1:OutputString></ns1:DictionaryEntry>\n"
        for text, r, _ in ROWS
    )
    + "</ns1:Dictionary>\n"
).encode()

SAMPLES: dict[str, tuple[str, bytes]] = {
    "moyin": ("mine.tsv", b"# moyin words 1\n" + _lines("{text}\t{blanks}\t{weight}\ta\tb\n")),
    "rime dictionary": ("a.dict.yaml", RIME + _lines("{text}\t{blanks}\t{weight}\n")),
    "rime userdb": (
        "luna_pinyin.userdb.txt",
        b"# Rime user dictionary\n#@/db_name\tluna_pinyin\n"
        + _lines("{blanks} \t{text}\tc={weight} d=0.5 t=12\n"),
    ),
    "libime": ("dict.txt", _lines("{text} {marks} {weight}.5\n")),
    "fcitx": ("pyPhrase.org", _lines("{marks} {text}\n")),
    "sogou text": (
        "sogou.txt",
        b"\xff\xfe" + _lines("'{marks} {text}\r\n").decode().encode("utf-16-le"),
    ),
    "qq text": ("qq.txt", _lines("{marks} {text} {weight}\n").decode().encode("gb18030")),
    "words alone": ("plain.txt", _lines("{text}\n")),
    "microsoft": ("ms.dctx", MICROSOFT),
    "scel": ("cell.scel", scel(ROWS)),
}
"""Name and content of a file, by format."""
