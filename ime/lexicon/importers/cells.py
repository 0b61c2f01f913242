"""Cell dictionaries: Sogou .scel, QQ .qcel and .qpyd, Baidu .bdict and .bcd, by `cidian`."""

from __future__ import annotations

from collections.abc import Iterator

from ime.lexicon.importers.entries import Flaw, Read, entry_of

SUFFIXES = frozenset({".scel", ".qcel", ".qpyd", ".bdict", ".bcd"})


def read(data: bytes, suffix: str) -> Iterator[Read]:
    """Entries of a cell dictionary.

    Args:
        data: of the file.
        suffix: one of `SUFFIXES`.
    """
    import cidian

    try:
        found = cidian.load_cidian(data, format=suffix.removeprefix("."))
    except cidian.CidianError as error:
        yield Flaw("", str(error))
        return
    for number, word in enumerate(found, start=1):
        text = word.word.strip()
        yield entry_of(f"entry {number}", text, tuple(word.code), float(word.weight or 0))
