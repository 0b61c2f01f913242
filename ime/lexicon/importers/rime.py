"""Rime: dictionaries (`*.dict.yaml`), and what its synchronisation writes of a userdb."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ime.lexicon.importers.entries import Flaw, LeftOut, Read, entry_of, lines_of, number_of

USERDB_HEAD = "# Rime user dictionary"
_COLUMNS = ["text", "code", "weight", "stem"]


def files_in(folder: Path) -> list[Path]:
    """The dictionaries and exported userdbs of a Rime folder, the user's own last."""
    dictionaries = sorted(folder.rglob("*.dict.yaml"))
    return [*dictionaries, *sorted(folder.rglob("*.userdb.txt"))]


def read_dictionary(text: str) -> Iterator[Read]:
    """Entries of a dictionary: a head in YAML, then a table whose columns it names."""
    import yaml

    head, end, body = text.partition("\n...")
    if not end:
        yield Flaw("", "no line ... ends the head of this Rime dictionary")
        return
    first = head.count("\n") + 2
    try:
        known = yaml.safe_load(head)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark is not None else ""
        yield Flaw(place, f"the head is no YAML ({getattr(error, 'problem', None) or error})")
        return
    if not isinstance(known, dict) or not isinstance(known.get("name"), str):
        yield Flaw("", "the head of this Rime dictionary has no name")
        return
    columns = known.get("columns") or _COLUMNS
    if not isinstance(columns, list) or "text" not in columns:
        yield Flaw("", f"the columns {columns!r} have no text")
        return
    yield from _rows(body, first, [str(column) for column in columns])


def _rows(body: str, first: int, columns: list[str]) -> Iterator[Read]:
    comments = True
    for offset, full in enumerate(body.split("\n")):
        line = full.rstrip("\r")
        if not line.strip() or (comments and line.startswith("#")) or not offset:
            comments = comments and line != "# no comment"
            continue
        place = f"line {first + offset}"
        fields = line.split("\t")
        if len(fields) > len(columns):
            yield Flaw(place, f"{len(fields)} columns in place of {len(columns)} at most")
            continue
        row = dict(zip(columns, fields, strict=False))
        weight = number_of(row.get("weight", "").removesuffix("%") or "0")
        if weight is None:
            yield Flaw(place, f"the weight {row['weight']!r} is no number")
            continue
        yield entry_of(place, row.get("text", ""), tuple(row.get("code", "").split()), weight)


def read_userdb(text: str) -> Iterator[Read]:
    """Entries of an exported userdb: code, text, and numbers such as c=3, times committed."""
    for place, line in lines_of(text):
        if line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3:
            yield Flaw(place, f"{len(fields)} columns in place of code, text and numbers")
            continue
        code, word, numbers = fields
        values = dict(part.partition("=")[::2] for part in numbers.split())
        times = number_of(values.get("c", ""))
        if times is None:
            yield Flaw(place, f"no number c= in {numbers!r}")
        elif times <= 0:  # deleted by the user
            yield LeftOut(word)
        else:
            yield entry_of(place, word, tuple(code.split()), times, chosen=True)
