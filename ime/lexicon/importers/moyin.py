"""Our own table: text, reading, weight, source and time, a tab between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ime.lexicon.importers.entries import Flaw, Read, entry_of, lines_of, number_of
from ime.values import UserWord

HEAD = "# moyin words 1"


def read(text: str) -> Iterator[Read]:
    """Entries of a table; all columns behind the text may be missing."""
    for place, line in lines_of(text):
        if line.startswith("#"):
            continue
        word, *fields = line.split("\t")
        if len(fields) > 4:
            yield Flaw(place, f"{len(fields) + 1} columns in place of 5 at most")
            continue
        weight = number_of(fields[1]) if fields[1:] else 1.0
        if weight is None:
            yield Flaw(place, f"the weight {fields[1]!r} is no number")
            continue
        reading = tuple(fields[0].split()) if fields else ()
        yield entry_of(place, word.strip(), reading, weight, chosen=weight >= 1.0)


def write(words: Iterable[UserWord]) -> Iterator[str]:
    """Lines of a table that `read` understands."""
    yield f"{HEAD}\n"
    for word in words:
        time = datetime.fromtimestamp(word.time, UTC).isoformat(timespec="seconds")
        source = word.source.translate({9: " ", 10: " ", 13: " "})
        reading = " ".join(word.syllables)
        yield f"{word.text}\t{reading}\t{word.weight:g}\t{source}\t{time}\n"
