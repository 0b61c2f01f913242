"""What kind of text a client has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """What a client says of a text.

    Attributes:
        secret: keys go straight through: nothing is converted, shown or remembered.
        starts_english: letters stand for themselves until the user says otherwise, as in
            addresses and numbers.
    """

    secret: bool = False
    starts_english: bool = False
