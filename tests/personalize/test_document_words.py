"""Words of documents, by the tiny model's words: found, and not offered twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ime.personalize.document_words import find_words
from ime.personalize.documents.sources import Sources
from ime.personalize.documents.words_of_text import FoundWord
from ime.personalize.facade import words_to_add
from ime.userdb.selection_log import SelectionLog
from model.vocab import Vocabulary
from tests.tiny_network import PAIRS, tiny_assets

HANZI = [char for char, _ in PAIRS]
WORDS = "".join(f"{syllables}\t{text}\t20\n" for syllables, text in [("bei jing", "北京")])


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """The tiny model, whose hanzi are all as seldom as most are."""
    made = tiny_assets(tmp_path / "assets")
    vocabulary = Vocabulary.load(made / "vocab.tsv")
    counts = np.full(len(vocabulary), 10)
    counts[0] = 100_000
    Vocabulary.from_pairs(PAIRS, counts.tolist()).save(made / "vocab.tsv")
    (made / "lexicon").mkdir()
    (made / "lexicon" / "words.tsv").write_text(WORDS, encoding="utf-8")
    np.save(made / "lexicon" / "by_initials.npy", np.array([0], np.uint32))
    return made


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """好京 between other hanzi, and much without it."""
    rest = [char for char in HANZI if char not in "好京"]
    lines = [rest[i] + "好京" + rest[-1 - i] for i in range(6)]
    lines += [rest[i % 10] + rest[i * 7 % 10] + "。" for i in range(1000)]
    text = tmp_path / "writing.txt"
    text.write_text("\n".join(lines), encoding="utf-8")
    made = tmp_path / "documents.json"
    Sources(made).add([text])
    return made


def test_words_are_found_until_they_are_the_users_own(
    assets: Path, documents: Path, tmp_path: Path
) -> None:
    database = tmp_path / "user.sqlite"
    found = find_words(database, assets, documents, lambda _: None)
    assert found == (FoundWord("好京", ("hao", "jing"), 6),)
    assert not database.exists()
    log = SelectionLog(database, run=0)
    log.words.put(words_to_add(found, 5.0))
    assert [one.source for one in log.words.find()] == ["documents"]
    log.close()
    assert find_words(database, assets, documents, lambda _: None) == ()
