"""What a client says of a text: its purpose and hints, as IBus numbers them (`ibustypes.h`)."""

from __future__ import annotations

from dataclasses import dataclass

_DIGITS, _NUMBER, _PHONE, _URL, _EMAIL, _PASSWORD, _PIN = 2, 3, 4, 5, 6, 8, 9
_ENGLISH = frozenset({_DIGITS, _NUMBER, _PHONE, _URL, _EMAIL})
_SECRET = frozenset({_PASSWORD, _PIN})
_PRIVATE = 1 << 11
_HIDDEN_TEXT = 1 << 12


@dataclass(frozen=True, slots=True)
class Field:
    """Purpose and hints of a text.

    Attributes:
        purpose: IBusInputPurpose; 0 for any text.
        hints: flags, IBusInputHints.
    """

    purpose: int = 0
    hints: int = 0

    @property
    def secret(self) -> bool:
        """Whether keys go straight through: nothing is converted, shown or remembered."""
        return self.purpose in _SECRET or bool(self.hints & (_PRIVATE | _HIDDEN_TEXT))

    @property
    def starts_english(self) -> bool:
        """Whether letters stand for themselves until the user says otherwise."""
        return self.purpose in _ENGLISH
