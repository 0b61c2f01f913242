"""What of the user's documents are words of his own, told by the shipped words and n-gram."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ime.lexicon.words import Lexicon
from ime.personalize.documents.sources import Sources
from ime.personalize.documents.words_of_text import FoundWord, Paragraph, Syllables, words_of
from ime.personalize.models import Models
from ime.userdb.selection_log import SelectionLog
from model.finetune.progress import Progress
from model.vocab import UNKNOWN

MOST = 300
"""Words that are offered; who has written more looks at the first of them."""

Report = Callable[[Progress], None]


def find_words(
    database: Path, assets: Path, documents: Path, report: Report
) -> tuple[FoundWord, ...]:
    """Words of all documents on the list that are in no dictionary, those first that tell most.

    Args:
        database: with the words that the user has already.
        assets: folder of the shipped files.
        documents: the list of files.
        report: told of every file; may raise to stop.

    Raises:
        AssetError: a shipped file is missing or damaged.
        StoreError: list or words cannot be read.
    """
    models = Models(assets, threads=1)
    reader = models.reader()
    paragraphs: list[Paragraph] = []
    sources = Sources(documents)
    for _, prose in sources.read(lambda *done: report(Progress("reading", *done))):
        paragraphs += [(text, reader.read(text)) for text in prose.paragraphs]
    own = _own_words(database)
    everyone = _Everyone(models, Lexicon(assets / "lexicon"))
    found = words_of(paragraphs, everyone)
    return tuple(one for one in found if (one.text, one.syllables) not in own)[:MOST]


def _own_words(database: Path) -> set[tuple[str, Syllables]]:
    """Words that the user added or imported."""
    if not database.exists():  # reading would make one
        return set()
    log = SelectionLog(database, run=0)
    try:
        return {(text, tuple(reading.split())) for text, reading, _ in log.words.rows()}
    finally:
        log.close()


class _Everyone:
    """What the shipped files know of words.

    Args:
        models: whose n-gram and vocabulary count.
        lexicon: the dictionary.
    """

    def __init__(self, models: Models, lexicon: Lexicon) -> None:
        self._vocabulary, self._ngram, self._lexicon = models.vocabulary, models.ngram, lexicon
        self._hanzi = int(self._vocabulary.counts.sum())
        self._shares: Counter[str] = Counter()
        counted = zip(
            self._vocabulary.texts,
            self._vocabulary.syllables,
            self._vocabulary.counts.tolist(),
            strict=True,
        )
        for text, syllable, count in counted:
            if syllable:
                self._shares[text] += count
        self._known: dict[tuple[str, Syllables], float] = {}

    def word_nats(self, text: str, syllables: Syllables) -> float:
        """See `Everyone`."""
        key = text, syllables
        if key not in self._known:
            counts = [
                one.count for one in self._lexicon.words_of(syllables) if one.text == text
            ]
            nats = math.log(max(counts[0], 1) / self._hanzi) if counts else -math.inf
            self._known[key] = nats
        return self._known[key]

    def nats(self, text: str, syllables: Syllables) -> float:
        """See `Everyone`."""
        first, *rest = map(self._vocabulary.find, text, syllables)
        total = math.log(max(self.share(text[0]), 1 / self._hanzi))
        state = np.array([self._ngram.start([first])])
        for token in rest:
            if token != UNKNOWN:
                total += float(self._ngram.log_probs(state)[0, token])
            state = self._ngram.extend(state, np.array([token]))
        return total

    def share(self, hanzi: str) -> float:
        """See `Everyone`."""
        return self._shares[hanzi] / max(1, self._hanzi)
