"""What of documents is learned: what is new, and some of what is older."""

from __future__ import annotations

from collections import Counter
from typing import cast

from ime.convert.text_to_pinyin import Reader
from ime.personalize.document_split import make_document_plan
from ime.personalize.documents.own_prose import OwnProse
from ime.personalize.documents.source_file import SourceFile
from tests.tiny_network import PAIRS, tiny_vocabulary

READINGS = dict(PAIRS)


class CountingReader:
    """Reads the tiny model's hanzi, and counts what it was asked."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, text: str) -> tuple[str, ...]:
        self.read_texts.append(text)
        return tuple(READINGS.get(char, "") for char in text)


def document(digest: str, text: str, lines: int) -> tuple[SourceFile, OwnProse]:
    paragraphs = (text,) * lines
    return SourceFile(digest, digest), OwnProse(paragraphs, lines * len(text), Counter())


def test_of_older_documents_no_more_is_read_than_is_learned_again() -> None:
    known = [document(f"old {i}", "你好世界", 10) for i in range(30)]
    new = [document("new", "北京背景", 40)]
    reader = CountingReader()
    plan = make_document_plan(
        [*known, *new], [file.digest for file, _ in known], cast(Reader, reader),
        tiny_vocabulary(), 16, 1,
    )  # fmt: skip
    older = len(plan.train) - plan.fresh
    assert older == round(plan.fresh / 2)
    assert 0 < reader.read_texts.count("你好世界") <= 10 * older
    assert reader.read_texts.count("你好世界") < 300
    assert plan.digests == ("new",)
    assert plan.hanzi == 4 * 35
