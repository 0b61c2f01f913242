"""Writes the selection log to a file that other programs and people can read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ime.errors import Message, StoreError
from ime.userdb.selection_log import LoggedSelection, SelectionLog

Form = Literal["tsv", "json"]
"""tsv: a table, one selection a line; json: an array of objects, nothing left out."""

_COLUMNS = (
    "time",
    "context",
    "raw",
    "syllables",
    "chosen",
    "rank",
    "how",
    "offered",
    "retracted",
)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def export(log: SelectionLog, path: Path, form: Form) -> int:
    """Write all selections, oldest first, to a file that only the user can read.

    Args:
        log: the selection log.
        path: the file; one that exists is overwritten.
        form: its format.

    Returns:
        How many selections were written.

    Raises:
        StoreError: the log cannot be read or the file cannot be written.
    """
    written = 0
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for line in _tsv(log) if form == "tsv" else _json(log):
                file.write(line)
                written += 1
            if form == "json":
                file.write("\n]\n" if written else "[]\n")
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise StoreError(Message.of("fault.unwritable", path=str(path), why=why)) from exc
    return written - (form == "tsv")  # its first line is the head


def _tsv(log: SelectionLog) -> Iterator[str]:
    yield "\t".join(_COLUMNS) + "\n"
    for row in log.rows():
        fields = _fields(row)
        fields["offered"] = " ".join(row.selection.offered)
        yield "\t".join(str(fields[name]).translate(_ESCAPES) for name in _COLUMNS) + "\n"


def _json(log: SelectionLog) -> Iterator[str]:
    separator = "[\n"
    for row in log.rows():
        whole = {
            "id": row.id,
            "run": row.run,
            "commit_id": row.commit_id,
            "readings": row.selection.context.readings,
            "model": row.versions.model,
            "adapter": row.versions.adapter,
        }
        yield separator + json.dumps(_fields(row) | whole, ensure_ascii=False)
        separator = ",\n"


def _fields(row: LoggedSelection) -> dict[str, object]:
    selection = row.selection
    return {
        "time": datetime.fromtimestamp(row.time, UTC).isoformat(timespec="seconds"),
        "context": selection.context.text,
        "raw": selection.raw,
        "syllables": " ".join(selection.syllables),
        "chosen": selection.chosen,
        "rank": selection.rank,
        "how": selection.how.value,
        "offered": selection.offered,
        "retracted": bool(row.retracted),
    }
