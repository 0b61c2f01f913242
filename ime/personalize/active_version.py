"""Which version of the personal adapter is in use; read without loading torch."""

from __future__ import annotations

import json
from pathlib import Path

from ime import untrusted_files
from ime.errors import StoreError

ACTIVE = "active.json"
_MOST_BYTES = 10_000


def active_file(folder: Path) -> Path | None:
    """The adapter file that `active.json` of a folder names; None where the base serves alone.

    Raises:
        StoreError: `active.json` cannot be read or names no file of the folder.
    """
    path = folder / ACTIVE
    try:
        version = json.loads(untrusted_files.read(path, _MOST_BYTES))["version"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as exc:
        raise StoreError(f"{path}: cannot be read ({exc})") from exc
    if version == "":
        return None
    name = f"{version}.safetensors"
    if not isinstance(version, str) or Path(name).name != name:
        raise StoreError(f"{path}: names no version")
    return folder / name
