"""IBus' own values as D-Bus structures: texts, tables of candidates, properties.

Every one begins with its name and a dictionary of attachments; the order of the fields is that
of the `serialize` functions of libibus. A variant is a pair of signature and value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ime.desktop.badges import Badge
from ime.desktop.client import Table

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


def table_value(table: Table | None) -> Variant:
    """One page of candidates; stand-ins before and behind it say that there are more pages."""
    items: Sequence[str] = ()
    page_size, first, cursor, vertical = 1, 0, None, False
    if table is not None:
        items, page_size, cursor, vertical = (
            table.items, table.page_size, table.cursor, table.vertical,
        )  # fmt: skip
        if table.before:
            first = page_size
            items = ("",) * page_size + table.items
        if table.behind:
            items = (*items, "")
    value: tuple[Any, ...] = (
        "IBusLookupTable",
        {},
        page_size,
        first + (cursor or 0),
        cursor is not None,
        False,
        _VERTICAL if vertical else _HORIZONTAL,
        [text_value(item) for item in items],
        [],
    )
    return (_TABLE, value)


def property_value(one: Badge) -> Variant:
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


def property_list(properties: Sequence[Badge]) -> Variant:
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
