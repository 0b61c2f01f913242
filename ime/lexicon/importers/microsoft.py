"""Microsoft Pinyin: user dictionaries in XML, an entry with InputString and OutputString."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

from ime.lexicon.importers.entries import Flaw, Read, entry_of


def read(data: bytes) -> Iterator[Read]:
    """Entries of a dictionary."""
    events = ElementTree.iterparse(BytesIO(data), events=("end",))
    reading = word = ""
    number = 0
    try:
        for _, element in events:
            name = element.tag.rpartition("}")[2]
            if name == "InputString":
                reading = element.text or ""
            elif name == "OutputString":
                word = element.text or ""
            elif name == "DictionaryEntry":
                number += 1
                yield entry_of(f"entry {number}", word.strip(), tuple(reading.split()), 0.0)
                reading = word = ""
                element.clear()
    except ElementTree.ParseError as error:
        yield Flaw(f"line {error.position[0]}", f"no sound XML ({error})")
        return
    except (LookupError, ValueError) as error:  # of the encoding that it names
        yield Flaw("", f"no sound XML ({error})")
        return
    if not number:
        yield Flaw("", "no DictionaryEntry in this XML")
