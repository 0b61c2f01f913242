"""Lines of fields between engine and addon; packaging/fcitx5/README.md has what they mean.

Fields are separated by tabs; a backslash escapes tabs, ends of lines and itself.
"""

from __future__ import annotations

import re

VERSION = "1"
"""An addon that says another one is refused."""

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n"}
_PLAIN = {written: one for one, written in _ESCAPES.items()}


def line_of(*fields: object) -> bytes:
    """A line, its end included; bools become 1 and 0."""
    return ("\t".join(map(_escaped, fields)) + "\n").encode()


def _escaped(field: object) -> str:
    text = str(int(field) if isinstance(field, bool) else field)
    return re.sub(r"[\\\t\n]", lambda found: _ESCAPES[found[0]], text)


def fields_of(line: bytes) -> list[str]:
    """The fields of a line without its end; what is no UTF-8 becomes U+FFFD."""
    parts = line.decode("utf-8", "replace").split("\t")
    return [re.sub(r"\\.", lambda found: _PLAIN.get(found[0], found[0]), p) for p in parts]
