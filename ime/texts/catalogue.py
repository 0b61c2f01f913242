"""The door to the catalogues: a code and its figures in, a sentence in the user's language out.

A catalogue is a TOML file of this folder. Its keys, joined by dots, are the codes; its texts
have the figures in braces, as `str.format` writes them. A text that depends on a number has two
forms, `one` and `other`, chosen by the figure `count`.
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from ime.errors import BugError, Message

Language = Literal["en", "zh_CN"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Text = str | dict[str, str]
"""A text, or its forms `one` and `other`."""

_language: Language = "en"


def language() -> Language:
    """The language in use."""
    return _language


def use_language(setting: str, system: str) -> None:
    """Speak another language from now on.

    Args:
        setting: of `LANGUAGES`, or "auto" for that of the system.
        system: name of the system's language or locale, such as zh_TW.UTF-8 or en-GB. All
            Chinese ones are served by simplified Chinese, all others by English.
    """
    global _language  # noqa: PLW0603  a process speaks one language
    chinese = system.lower().startswith(("zh", "chinese"))  # the second is what Windows says
    named = (one for one in LANGUAGES if one == setting)
    _language = next(named, "zh_CN" if chinese else "en")


def system_locale(environ: Mapping[str, str] = os.environ) -> str:
    """The locale of messages, as programs for the terminal find it; empty where none is set."""
    named = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, named), None) or locale.getlocale()[0] or ""


def say(code: str, /, **figures: str | float | Message) -> str:
    """The sentence of a code.

    Args:
        code: key of the catalogues, such as "personalize.stage.reading".
        figures: by the name of their place in the text.

    Raises:
        BugError: there is no such code, or a figure is missing.
    """
    text = catalogue(_language).get(code)
    if isinstance(text, dict):
        text = text.get("one" if figures.get("count") == 1 else "other", text["other"])
    if text is None:
        raise BugError(f"no text has the code {code}")
    said = {
        name: told(one) if isinstance(one, Message) else one for name, one in figures.items()
    }
    try:
        return text.format(**said)
    except KeyError as exc:
        raise BugError(f"the text {code} lacks the figure {exc}") from exc


def told(message: str | Message) -> str:
    """A message as a sentence; one that is a sentence already stays as it is."""
    return message if isinstance(message, str) else say(message.code, **message.figures)


@cache
def catalogue(language: Language) -> Mapping[str, Text]:
    """All texts of a language by their codes."""
    path = Path(__file__).with_name(f"{language}.toml")
    return dict(_texts(tomllib.loads(path.read_text(encoding="utf-8")), ""))


def _texts(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, Text]]:
    for key, value in table.items():
        if isinstance(value, dict) and set(value) <= {"one", "other"}:
            yield prefix + key, {form: str(text) for form, text in value.items()}
        elif isinstance(value, dict):
            yield from _texts(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)
