"""Shuangpin schemes of the user's own, read from a TOML file.

name = "我的双拼"
zero = "o"                  # or "spelled", "first"; see SchemeTable.zero
[initials]
zh = "v"
ch = "i"
sh = "u"
[finals]                    # all finals of more than one letter
iu = "q"
ue = "tv"                   # two keys: t is the one shown, v is accepted, too
[codes]                     # optional: whole syllables that go another way
er = "or"
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import ascii_lowercase

from ime import untrusted_files
from ime.errors import SettingsError
from ime.pinyin.inventory import SYLLABLES, final
from ime.pinyin.schemes import FIRST, SPELLED, SchemeTable
from ime.pinyin.shuangpin import CODED, Scheme, built_in_scheme

FULL = "full"
"""The setting for full pinyin."""

_KEYS = frozenset(ascii_lowercase + ";")
_INITIALS = frozenset({"zh", "ch", "sh"})
_FINALS = frozenset(final(syllable) for syllable in CODED)
_FIELDS = frozenset({"name", "zero", "initials", "finals", "codes"})


def read_scheme(path: Path) -> Scheme:
    """Read a scheme file.

    Raises:
        SettingsError: the file cannot be read, is no TOML, has a field, name or key that a
            scheme cannot have, leaves a syllable without a code, or gives two the same one.
    """
    try:
        content = untrusted_files.read_toml(path)
    except OSError as exc:
        raise SettingsError(
            f"The shuangpin scheme {path} cannot be read ({exc.strerror}); check the path in "
            "the settings."
        ) from exc
    except ValueError as exc:
        raise SettingsError(f"The shuangpin scheme {path} is no valid TOML: {exc}.") from exc
    try:
        return Scheme(_table(content))
    except (SettingsError, ValueError) as exc:  # ValueError: an integer too long to be shown
        raise SettingsError(f"{path}: {exc}") from exc


@cache
def chosen_scheme(setting: str) -> tuple[Scheme | None, str]:
    """The scheme that a setting asks for; a file is read once in the life of the program.

    Args:
        setting: `FULL`, a key of `schemes.SCHEME_TABLES`, or the path of a .toml file.

    Returns:
        The scheme, None for full pinyin; and a sentence for the user where the setting cannot
        be followed, empty otherwise.
    """
    if setting == FULL:
        return None, ""
    try:
        if setting.endswith(".toml"):
            return read_scheme(_expanded(setting)), ""
        return built_in_scheme(setting), ""
    except SettingsError as exc:
        return None, f"{exc} Until then keys are read as full pinyin."


def _expanded(setting: str) -> Path:
    try:
        return Path(setting).expanduser()
    except RuntimeError:  # ~ and somebody who is not there: a file may be called that
        return Path(setting)


def _table(content: Mapping[str, object]) -> SchemeTable:
    for name in content:
        if name not in _FIELDS:
            raise SettingsError(f"Unknown field {name!r}; a scheme has {_listed(_FIELDS)}.")
    title = content.get("name")
    if not isinstance(title, str) or not title.strip():
        raise SettingsError(f"'name' must be a text that is not empty, not {title!r}.")
    return SchemeTable(
        title.strip(),
        initials=_keys(content, "initials", _INITIALS, longest=1),
        finals=_keys(content, "finals", _FINALS, longest=4),
        zero=(_zero(content.get("zero")),),
        codes=_codes(content),
    )


def _zero(value: object) -> str:
    if isinstance(value, str) and (value in {SPELLED, FIRST} or value in _KEYS):
        return value
    raise SettingsError(
        f"'zero' says how syllables without an initial are typed and must be '{SPELLED}', "
        f"'{FIRST}' or a key such as 'o', not {value!r}."
    )


def _keys(
    content: Mapping[str, object], section: str, names: frozenset[str], *, longest: int
) -> Mapping[str, str]:
    found = _section(content, section)
    for name, keys in found.items():
        if name not in names:
            raise SettingsError(f"[{section}] has no {name!r}; it may have {_listed(names)}.")
        if not 1 <= len(keys) <= longest or not set(keys) <= _KEYS:
            number = "one key" if longest == 1 else f"one to {longest} keys"
            raise SettingsError(
                f"[{section}] {name} = {keys!r}: must be {number} out of a to z and ;."
            )
    return found


def _codes(content: Mapping[str, object]) -> Mapping[str, str]:
    found = _section(content, "codes")
    for syllable, code in found.items():
        if syllable not in CODED:
            hint = "it cannot be given a code" if syllable in SYLLABLES else "it is no syllable"
            raise SettingsError(f"[codes] {syllable!r}: {hint}; take it out.")
        if len(code) != 2 or not set(code) <= _KEYS:
            raise SettingsError(
                f"[codes] {syllable} = {code!r}: must be two keys out of a to z and ;."
            )
    return found


def _section(content: Mapping[str, object], section: str) -> dict[str, str]:
    value = content.get(section, {})
    if not isinstance(value, dict):
        raise SettingsError(f"'{section}' must be a table, [{section}], not {value!r}.")
    found: dict[str, str] = {}
    for name, keys in value.items():
        if not isinstance(keys, str):
            raise SettingsError(f"[{section}] {name} = {keys!r}: must be a text in quotes.")
        found[name] = keys
    return found


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
