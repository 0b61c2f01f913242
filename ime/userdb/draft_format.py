"""A window's text as it is kept on disk, for the window and for forgetting.

ASCII escapes carry half surrogate pairs, which UTF-8 cannot; a sum finds damage.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from ime import atomic_write, untrusted_files

FORMAT = 1
DRAFTS = "drafts"  # their folder, beside the database
MOST_BYTES = 400_000_000  # of a draft; six to a character of the largest document
GAP = "〓"  # the printer's mark for a character that is missing
# What damaged JSON raises, and tables that are not what was written.
UNREADABLE = (
    *(OSError, ValueError, KeyError, TypeError),
    *(RecursionError, OverflowError, AttributeError),
)
_LOCK_BYTES = 4096


def pack(table: dict[str, object], text: str) -> bytes:
    """The file of a text and of what else is to be known of it."""
    whole = {"format": FORMAT, "text": text} | table | {"sum": _sum(text)}
    return json.dumps(whole).encode("ascii")


def unpack(data: bytes) -> tuple[dict[str, object], str]:
    """What `pack` was given; raises one of `UNREADABLE` where it is not that."""
    table = json.loads(data)
    if table.pop("format") != FORMAT:
        raise ValueError("its format is another")
    text = table.pop("text")
    if not isinstance(text, str):
        raise TypeError("the text is none")
    if table.pop("sum", _sum(text)) != _sum(text):
        raise ValueError("the text is not what was written")
    return table, text


def cut_out(word: str, folder: Path) -> int:
    """Put gaps for a word into the drafts that no running window holds.

    What cannot be read or written stays as it is, and what a window holds, because its text is
    what the user sees.

    Args:
        word: to be cut out; not empty.
        folder: of the drafts.

    Returns:
        How many drafts were changed.
    """
    changed = 0
    for path in _left_behind(folder):
        try:
            table, text = unpack(untrusted_files.read(path, MOST_BYTES))
            if word in text:
                without = text.replace(word, GAP * len(word))
                atomic_write.replace(path, pack(table, without), mode=0o600)
                changed += 1
        except UNREADABLE:
            continue
    return changed


def _left_behind(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("draft-*.json")):
        if not _is_held(path.with_suffix(".lock")):
            yield path


def _is_held(lock: Path) -> bool:
    """Whether a process that runs wrote a lock file, or it cannot be told."""
    try:
        number = int(untrusted_files.read(lock, _LOCK_BYTES).split(b"\n", 1)[0])
        if os.name != "posix":
            return True  # asking ends the process there
        os.kill(number, 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except (OSError, ValueError, OverflowError):
        return True
    return True


def _sum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))
