"""IBus' own values as D-Bus structures: texts, tables of candidates, properties.

Every one begins with its name and a dictionary of attachments; the order of the fields is that
of the `serialize` functions of libibus. A variant is a pair of signature and value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Variant = tuple[str, tuple[Any, ...]]

_ATTRIBUTE = "(sa{sv}uuuu)"
_LIST = "(sa{sv}av)"
_TEXT = "(sa{sv}sv)"
_TABLE = "(sa{sv}uubbiavav)"
_PROPERTY = "(sa{sv}suvsvbbuvv)"

_UNDERLINE, _SINGLE = 1, 1
_HORIZONTAL, _VERTICAL = 0, 1
_NORMAL, _TOGGLE = 0, 1


def text_value(text: str, *, underlined: bool = False) -> Variant:
    """A text; offsets of its attributes count code points, as Python does."""
    marks: list[Variant] = []
    if underlined and text:
        line: tuple[Any, ...] = ("IBusAttribute", {}, _UNDERLINE, _SINGLE, 0, len(text))
        marks.append((_ATTRIBUTE, line))
    attributes: Variant = (_LIST, ("IBusAttrList", {}, marks))
    return (_TEXT, ("IBusText", {}, text, attributes))


def table_value(
    items: Sequence[str],
    page_size: int,
    cursor: int | None,
    *,
    before: bool,
    behind: bool,
    vertical: bool,
) -> Variant:
    """One page of candidates.

    Args:
        items: the page.
        page_size: how many a page may hold, at least as many as there are.
        cursor: place of the highlight on the page; None for none.
        before: whether a page lies before it; a stand-in says so, and arrows are shown.
        behind: whether a page lies behind it.
        vertical: whether candidates stand below each other.
    """
    candidates = [text_value(item) for item in items]
    first = 0
    if before:
        first = page_size
        candidates = [text_value("")] * page_size + candidates
    if behind:
        candidates = [*candidates, text_value("")]
    value: tuple[Any, ...] = (
        "IBusLookupTable",
        {},
        page_size,
        first + (cursor or 0),
        cursor is not None,
        False,
        _VERTICAL if vertical else _HORIZONTAL,
        candidates,
        [],
    )
    return (_TABLE, value)


@dataclass(frozen=True, slots=True)
class Property:
    """A switch or an entry that the panel shows.

    Attributes:
        key: names it to the engine.
        label: in menus.
        symbol: short text for the panel's icon; empty for none.
        tooltip: of the panel.
        on: state of a switch; None for an entry that only acts.
    """

    key: str
    label: str
    symbol: str = ""
    tooltip: str = ""
    on: bool | None = None


def property_value(one: Property) -> Variant:
    """A property."""
    nothing: Variant = (_LIST, ("IBusPropList", {}, []))
    value: tuple[Any, ...] = (
        "IBusProperty",
        {},
        one.key,
        _NORMAL if one.on is None else _TOGGLE,
        text_value(one.label),
        "",
        text_value(one.tooltip),
        True,
        True,
        int(bool(one.on)),
        nothing,
        text_value(one.symbol),
    )
    return (_PROPERTY, value)


def property_list(properties: Sequence[Property]) -> Variant:
    """Properties in the order in which the panel shows them."""
    return (_LIST, ("IBusPropList", {}, [property_value(one) for one in properties]))


def read_text(value: object) -> str:
    """The string of a text that a client sent.

    Raises:
        ValueError: it is no text.
    """
    match value:
        case (str(), ("IBusText", _, str(text), *_)):
            return text
        case _:
            raise ValueError("not an IBusText")
