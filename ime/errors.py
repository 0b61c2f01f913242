"""Errors a user of Moyin can meet.

    ImeError
    ├── EnvironmentFaultError   disk, permission, missing or damaged file: tell the user
    │   ├── AssetError          shipped weights, vocabulary, n-gram or lexicon
    │   ├── SettingsError       settings.toml
    │   └── StoreError          the user's database
    └── BugError                ours: log it, fall back to a lower tier

Each message says what happened, with which value, and what to do about it.
"""


class ImeError(Exception):
    """Root of the tree."""


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
