"""The shipped files that every converter reads: vocabulary, n-gram, words, word pairs.

The window's two converters, the quick one and the better one, share them: they are about 60 MB.
Word pairs, words of letters and names with a dot can be done without.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ime.errors import AssetError, Message
from ime.lexicon.characters import Characters
from ime.lexicon.dotted_names import DottedNames
from ime.lexicon.letter_words import LetterWords
from ime.lexicon.symbols import Symbols
from ime.lexicon.words import Lexicon
from ime.manifest import Verifier
from model.memory import give_back_free
from model.ngram.trie import FACTS, Ngram
from model.ngram.word_pairs import WordPairs
from model.vocab import Vocabulary

_log = logging.getLogger(__name__)

PartT = TypeVar("PartT")


@dataclass(frozen=True, eq=False)
class Shipped:
    """What does not change while anybody uses it.

    Attributes:
        pairs: None where they are missing or damaged.
        notices: what is missing, for the user.
    """

    vocabulary: Vocabulary
    ngram: Ngram
    lexicon: Lexicon
    letters: LetterWords
    names: DottedNames
    characters: Characters
    symbols: Symbols
    pairs: WordPairs | None = None
    notices: tuple[Message, ...] = ()

    def tidy(self) -> None:
        """Give back free memory and what was read of mapped files; takes some milliseconds.

        In time typing reads all of these files. The system keeps their pages while it has room.
        """
        self.ngram.forget_pages()
        self.lexicon.forget_pages()
        if self.pairs is not None:
            self.pairs.forget_pages()
        give_back_free()


_Key = tuple[str, tuple[int, ...]]
_known: weakref.WeakValueDictionary[_Key, Shipped] = weakref.WeakValueDictionary()
_opening = threading.Lock()


def load_shipped(assets: Path, verifier: Verifier | None = None) -> Shipped:
    """The files in a folder; those that are still in use are not read again.

    Args:
        assets: the folder.
        verifier: of the files in it, before they are read; None to believe them.

    Raises:
        AssetError: one that is needed is missing or damaged.
    """
    key = _key(assets)
    with _opening:
        found = _known.get(key)
        if found is None:
            found = _known[key] = _load(assets, verifier)
        return found


def _key(assets: Path) -> _Key:
    """Changes with the files."""
    names = (
        "vocab.tsv",
        f"ngram/{FACTS}",
        "lexicon/words.tsv",
        "lexicon/letters.tsv",
        "lexicon/symbols.tsv",
        "characters/readings.tsv",
        "pairs/pairs-0.npy",
    )
    files = [assets / name for name in names]
    times = tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)
    return str(assets.resolve()), times


def _load(assets: Path, verifier: Verifier | None) -> Shipped:
    def check(*names: str) -> None:
        if verifier is not None:
            verifier.check(*names)

    def try_to(load: Callable[[Path], PartT], name: str, without: str) -> PartT | None:
        """A part that can be done without."""
        try:
            check(name)
            return load(assets / name)
        except (AssetError, OSError, ValueError) as exc:
            why = exc.told if isinstance(exc, AssetError) else _unreadable(assets / name, exc)
            _log.warning("%s", why)
            notices.append(Message.of(without, why=why))
            return None

    notices: list[Message] = []
    check("vocab.tsv", "ngram/", "lexicon/words.tsv", "lexicon/by_initials.npy")
    vocabulary, ngram = _models(assets)
    return Shipped(
        vocabulary,
        ngram,
        Lexicon(assets / "lexicon"),
        try_to(LetterWords.load, "lexicon/letters.tsv", "engine.fault.letters")
        or LetterWords(),
        try_to(DottedNames.load, "lexicon/dotted_names.tsv", "engine.fault.names")
        or DottedNames(),
        try_to(Characters.load, "characters/", "engine.fault.characters") or Characters(),
        try_to(Symbols.load, "lexicon/symbols.tsv", "engine.fault.symbols") or Symbols(),
        try_to(WordPairs, "pairs/", "engine.fault.pairs"),
        tuple(notices),
    )


def _models(assets: Path) -> tuple[Vocabulary, Ngram]:
    path = assets / "vocab.tsv"
    try:
        vocabulary = Vocabulary.load(path)
    except (OSError, ValueError) as exc:
        raise AssetError(_unreadable(path, exc)) from exc
    try:
        ngram = Ngram(assets / "ngram")
    except (OSError, ValueError) as exc:
        raise AssetError(_unreadable(assets / "ngram", exc)) from exc
    if len(vocabulary) != len(ngram.unigrams):
        numbers = f"{len(vocabulary)} / {len(ngram.unigrams)}"
        raise AssetError(Message.of("engine.fault.sizes", path=str(path), numbers=numbers))
    return vocabulary, ngram


def _unreadable(path: Path, error: Exception) -> Message:
    return Message.of("fault.asset_unreadable", path=str(path), why=str(error))
