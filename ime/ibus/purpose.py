"""Purposes and hints of a text, as IBus numbers them (`ibustypes.h`)."""

from __future__ import annotations

from ime.desktop.field import Field

_DIGITS, _NUMBER, _PHONE, _URL, _EMAIL, _PASSWORD, _PIN = 2, 3, 4, 5, 6, 8, 9
_ENGLISH = frozenset({_DIGITS, _NUMBER, _PHONE, _URL, _EMAIL})
_SECRET = frozenset({_PASSWORD, _PIN})
_PRIVATE = 1 << 11
_HIDDEN_TEXT = 1 << 12


def field_of(purpose: int, hints: int) -> Field:
    """The field that an IBusInputPurpose and flags of IBusInputHints describe."""
    secret = purpose in _SECRET or bool(hints & (_PRIVATE | _HIDDEN_TEXT))
    return Field(secret, purpose in _ENGLISH)
