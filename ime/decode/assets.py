"""The shipped files that every converter reads: vocabulary, n-gram, words, word pairs.

The window's two converters, the quick one and the better one, share them: they are about 60 MB.
Word pairs can be done without.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from pathlib import Path

from ime.errors import AssetError
from ime.lexicon.dotted_names import DottedNames
from ime.lexicon.letter_words import LetterWords
from ime.lexicon.words import Lexicon
from model.ngram.trie import FACTS, Ngram
from model.ngram.word_pairs import WordPairs
from model.vocab import Vocabulary


@dataclass(frozen=True, eq=False)
class Shipped:
    """What does not change while anybody uses it.

    Attributes:
        pairs: None where they are missing or damaged.
        notices: what is missing, in sentences for the user.
    """

    vocabulary: Vocabulary
    ngram: Ngram
    lexicon: Lexicon
    letters: LetterWords
    names: DottedNames
    pairs: WordPairs | None = None
    notices: tuple[str, ...] = ()


_Key = tuple[str, tuple[int, ...]]
_known: weakref.WeakValueDictionary[_Key, Shipped] = weakref.WeakValueDictionary()
_opening = threading.Lock()


def load_shipped(assets: Path) -> Shipped:
    """The files in a folder; those that are still in use are not read again.

    Raises:
        AssetError: one is missing or damaged.
    """
    key = _key(assets)
    with _opening:
        found = _known.get(key)
        if found is None:
            found = _known[key] = _load(assets)
        return found


def _key(assets: Path) -> _Key:
    """Changes with the files."""
    names = (
        "vocab.tsv",
        f"ngram/{FACTS}",
        "lexicon/words.tsv",
        "lexicon/letters.tsv",
        "pairs/pairs-0.npy",
    )
    files = [assets / name for name in names]
    times = tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)
    return str(assets.resolve()), times


def _load(assets: Path) -> Shipped:
    path = assets / "vocab.tsv"
    try:
        vocabulary = Vocabulary.load(path)
    except (OSError, ValueError) as exc:
        raise AssetError(
            f"The vocabulary {path} cannot be read: {exc}. Install Moyin again."
        ) from exc
    try:
        ngram = Ngram(assets / "ngram")
    except (OSError, ValueError) as exc:
        raise AssetError(
            f"The n-gram model cannot be read: {exc}. Install Moyin again."
        ) from exc
    if len(vocabulary) != len(ngram.unigrams):
        raise AssetError(
            f"The vocabulary {path} has {len(vocabulary)} tokens and the n-gram model "
            f"{len(ngram.unigrams)}. Install Moyin again."
        )
    lexicon = Lexicon(assets / "lexicon")
    letters = LetterWords.load(assets / "lexicon" / "letters.tsv")
    names = DottedNames.load(assets / "lexicon" / "dotted_names.tsv")
    try:
        return Shipped(vocabulary, ngram, lexicon, letters, names, WordPairs(assets / "pairs"))
    except (OSError, ValueError) as exc:
        notice = (
            f"The word pairs cannot be read: {exc}. Typing works without them, a little worse. "
            "Install Moyin again."
        )
        return Shipped(vocabulary, ngram, lexicon, letters, names, notices=(notice,))
