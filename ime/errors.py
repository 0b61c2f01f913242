"""Errors a user of Moyin can meet.

    ImeError
    ├── EnvironmentFaultError   disk, permission, missing or damaged file: tell the user
    │   ├── AssetError          shipped weights, vocabulary, n-gram or lexicon
    │   ├── SettingsError       settings.toml
    │   └── StoreError          the user's database
    └── BugError                ours: log it, fall back to a lower tier

Each message says what happened, with which value, and what to do about it. Rooms that windows
show carry a `Message`, which `ime.texts` says in the user's language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that has yet to be said: a code of the catalogue, and its figures.

    Attributes:
        code: of a text of `ime.texts`, such as "personalize.fault.no_version".
        figures: by the name of their place in the text; a message may be part of another.
    """

    code: str
    figures: dict[str, str | int | float | Message] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, /, **figures: str | float | Message) -> Message:
        """A message with these figures."""
        return cls(code, figures)

    def __str__(self) -> str:
        """For logs: code and figures."""
        return " ".join([self.code, *(f"{name}={one}" for name, one in self.figures.items())])


Notify = Callable[[str | Message], None]
"""Told what the user should read: a message, or a sentence in English. On any thread."""


class ImeError(Exception):
    """Root of the tree.

    Attributes:
        told: for the user: a message, or a sentence in English.
    """

    def __init__(self, told: str | Message = "") -> None:
        super().__init__(told)
        self.told = told


class EnvironmentFaultError(ImeError):
    """Something outside the program is in the way; the message is meant for the user."""


class AssetError(EnvironmentFaultError):
    """A shipped file is missing, truncated or not the one the manifest names."""


class SettingsError(EnvironmentFaultError):
    """The settings file cannot be read or written."""


class StoreError(EnvironmentFaultError):
    """The user's database cannot be opened, read or written."""


class BugError(ImeError):
    """A state the program should never reach; logged, and typing goes on at a lower tier."""
