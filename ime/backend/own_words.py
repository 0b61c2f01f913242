"""Words of the user's own as a list: found, checked, read by the model, written to a file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ime.backend.opening import open_by_settings
from ime.backend.relearn import learned_words, past_of
from ime.convert.text_to_pinyin import Reader
from ime.errors import EnvironmentFaultError, Message, Notify, StoreError
from ime.lexicon.importers import moyin
from ime.lexicon.importers.entries import normal
from ime.lexicon.importers.formats import ReadText
from ime.lexicon.user_layer import LONGEST, SHORTEST, is_own_word
from ime.lexicon.words import Lexicon
from ime.pinyin.inventory import SYLLABLES
from ime.settings import ModelSettings, Settings, assets_folder
from ime.userdb.selection_log import SelectionLog
from ime.userdb.user_words import Order
from ime.values import Mark, MarkKind, UserWord

LETTERS = "letters"
"""Source of texts with letters or a dot; their reading is what was typed."""


class NoWordError(EnvironmentFaultError):
    """What was given is no word with its reading."""


def learned_of(log: SelectionLog) -> list[UserWord]:
    """The words that the user made by choosing, those that count most first."""
    return learned_words(past_of(log, with_words=False), Lexicon(assets_folder() / "lexicon"))


def has(word: UserWord, part: str) -> bool:
    """Whether a word's text holds `part`, or its reading begins with it."""
    return part in word.text or "".join(word.syllables).startswith(part)


def letter_words(log: SelectionLog, part: str = "") -> Iterator[UserWord]:
    """Texts with letters or a dot that were typed, by how often."""
    for (typed, text), count in Counter(log.letters.rows()).most_common():
        word = UserWord(text, (typed,), count, LETTERS)
        if has(word, part):
            yield word


def own_words(log: SelectionLog, part: str = "", order: Order = "newest") -> Iterator[UserWord]:
    """Learned words by how often they were chosen, then the others in their order."""
    yield from (word for word in learned_of(log) if has(word, part))
    yield from letter_words(log, part)
    yield from log.words.find(part, order=order)


def word_from(text: str, reading: str, read_text: ReadText, time: float) -> UserWord:
    """The word that the user gives.

    Args:
        text: hanzi.
        reading: syllables with blanks or apostrophes between; empty to have the model read it.
        read_text: the model.
        time: seconds since 1970, UTC.

    Raises:
        NoWordError: it is none, or the syllables do not fit it.
    """
    syllables = tuple(normal(syllable) for syllable in reading.replace("'", " ").split())
    syllables = syllables or tuple(read_text(text))
    if not is_own_word(text, syllables):
        figures = {"text": text, "reading": " ".join(filter(None, syllables))}
        raise NoWordError(Message.of("words.fault", least=SHORTEST, most=LONGEST, **figures))
    return UserWord(text, syllables, 1.0, "added", time)


def mark_from(kind: MarkKind, text: str, reading: str) -> Mark:
    """The mark that the user sets by hand.

    Args:
        kind: pinned or hidden.
        text: hanzi.
        reading: a syllable for each, with blanks or apostrophes between.

    Raises:
        NoWordError: the syllables do not fit; or a single hanzi is to be hidden.
    """
    syllables = tuple(normal(syllable) for syllable in reading.replace("'", " ").split())
    least = SHORTEST if kind is MarkKind.HIDDEN else 1
    fits = least <= len(text) == len(syllables) <= LONGEST
    if not fits or not all(one in SYLLABLES for one in syllables):
        figures = {"text": text, "reading": " ".join(syllables)}
        raise NoWordError(Message.of("words.fault", least=least, most=LONGEST, **figures))
    return Mark(kind, "".join(syllables), syllables, text)


def export_words(log: SelectionLog, path: Path) -> int:
    """Write all words to a table; returns how many.

    Raises:
        StoreError: they cannot be read, or the file cannot be written.
    """
    words = list(own_words(log, order="reading"))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(moyin.write(words))
    except OSError as error:
        raise StoreError(
            Message.of("words.unwritable", path=str(path), why=error.strerror or str(error))
        ) from error
    return len(words)


def model_reader(notify: Notify | None = None) -> ReadText:
    """Tells readings; the model is opened when the first is asked for."""
    opened: list[Reader] = []

    def read(text: str) -> Sequence[str]:
        if not opened:
            # The n-gram reads words as well as the Transformer, and is opened in no time.
            settings = Settings(model=ModelSettings(tier="ngram"))
            opened.append(Reader(open_by_settings(settings, notify).score))
        return opened[0].read(text)

    return read
