"""Keys that the user chose for actions, instead of those of the shipped table.

They are kept as the settings have them: the name of an action, and text forms of keys. An
action that is named has these keys and none of the shipped ones; all others keep theirs.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from ime.errors import BugError, Message
from ime.session.keys import (
    APOSTROPHE_SELECT,
    BRACKET_CHARACTER,
    COMMA_PERIOD_PAGE,
    FUNCTION_KEYS,
    KEYMAP,
    MODIFIER_KEYS,
    SEMICOLON_SELECT,
    VERTICAL,
    Key,
    KeyAction,
    KeyEvent,
    Keymap,
    Modifiers,
    Status,
    lookup_names,
)

Bindings = tuple[tuple[KeyAction, tuple[str, ...]], ...]
"""Actions with other keys than the shipped ones, and text forms of these keys."""

MENU = "menu."
"""Begins the names of actions that are not the session's but the window's."""

FIXED = frozenset(
    {
        KeyAction.PASS,
        KeyAction.IGNORE,
        KeyAction.INSERT,
        KeyAction.MARK,
        KeyAction.UNDO_COMMIT,
        KeyAction.CAPS_LOCK,
    }
)
"""What follows from the key itself: it has no other."""

COUNTED = frozenset({KeyAction.SELECT, KeyAction.PIN})
"""What the digits 1 to 9 do with one place each; their key is named with a 1."""

_COMPOSING = frozenset({Status.COMPOSING, Status.LITERAL})
_SWITCHABLE: Sequence[Keymap] = (
    COMMA_PERIOD_PAGE,
    BRACKET_CHARACTER,
    SEMICOLON_SELECT,
    APOSTROPHE_SELECT,
    VERTICAL,
)


def _scopes() -> dict[KeyAction, frozenset[Status]]:
    """Where each action has a key, in the order of the table."""
    found = {KeyAction.SELECT: frozenset({Status.COMPOSING})}  # whose digits are in no table
    for status in (Status.COMPOSING, *Status):
        for action in KEYMAP[status].values():
            found[action] = found.get(action, frozenset()) | {status}
    for rows in _SWITCHABLE:
        for action in rows.values():
            found.setdefault(action, frozenset({Status.COMPOSING}))
    return {action: scope for action, scope in found.items() if action not in FIXED}


SCOPES: Mapping[KeyAction, frozenset[Status]] = MappingProxyType(_scopes())
"""Every action that may be given a key, and where it then has it."""


@cache
def shipped_keys(action: KeyAction) -> tuple[str, ...]:
    """The keys that an action has in the shipped table; a counted one's with the 1 alone."""
    rows = (KEYMAP[status] for status in (Status.COMPOSING, *Status))
    found = dict.fromkeys(
        key
        for row in rows
        for key, held in row.items()
        if held is action and _is_one(key, action)
    )
    return tuple(found) if action is not KeyAction.SELECT else ("1",)


def form_of(event: KeyEvent) -> str:
    """The text form by which a key is kept that was pressed."""
    if event.modifiers & Modifiers.KEYPAD and event.key is Key.CHARACTER:
        return str(KeyEvent(event.key, event.text, event.modifiers & ~Modifiers.SHIFT))
    return lookup_names(event)[0]


def keys_of(action: KeyAction, bindings: Bindings) -> tuple[str, ...]:
    """The keys that an action has now; those of switchable rows are not among them."""
    return dict(bindings).get(action, shipped_keys(action))


def _is_one(key: str, action: KeyAction) -> bool:
    return action not in COUNTED or key.endswith("1")


def places(action: KeyAction, key: str) -> Iterator[tuple[Status, str]]:
    """Where an action is done, and by which row of the table, if it is given a key."""
    keys = [key[:-1] + str(digit) for digit in range(1, 10)] if action in COUNTED else [key]
    shipped = {status for status in Status if KEYMAP[status].get(key) is action}
    for status in shipped or _scope_of_new(action, KeyEvent.parse(key)):
        for one in keys:
            yield status, one


def _scope_of_new(action: KeyAction, event: KeyEvent) -> frozenset[Status]:
    types = event.key is Key.CHARACTER and not event.is_shortcut
    # In a run of letters that stand for themselves a character does, too.
    return SCOPES[action] - {Status.LITERAL} if types else SCOPES[action]


@cache
def own_rows(bindings: Bindings) -> Mapping[Status, Keymap]:
    """The rows of keys that the user chose; of two actions with one key the first has it."""
    rows: dict[Status, dict[str, KeyAction]] = {status: {} for status in Status}
    for action, keys in bindings:
        for key in keys:
            for status, one in places(action, key):
                rows[status].setdefault(one, action)
    return rows


@cache
def shipped_rows(bindings: Bindings) -> Mapping[Status, Keymap]:
    """The shipped table without the actions that the user gave other keys."""
    changed = dict(bindings)
    return {
        status: {key: action for key, action in rows.items() if action not in changed}
        for status, rows in KEYMAP.items()
    }


def fault_of(action: KeyAction, key: str) -> str:
    """Why an action cannot have a key: a code of `keys_page.fault`; empty if it can."""
    try:
        event = KeyEvent.parse(key)
    except BugError:
        return "unknown"
    nameless = event.key in {Key.UNKNOWN, Key.CAPS_LOCK} or len(event.text) > 1
    if nameless or not event.pressed or str(event) != key:
        return "unknown"
    if event.key in MODIFIER_KEYS:
        return "modifier"
    if action in COUNTED and event.text != "1":
        return "digit"
    types = event.key is Key.CHARACTER and not event.is_shortcut
    if types and event.text.isalnum() and key not in shipped_keys(action):
        return "letter"
    elsewhere = not SCOPES[action] <= _COMPOSING
    kept = key in shipped_keys(action) or event.key in FUNCTION_KEYS
    return "text" if elsewhere and not (kept or _is_held(event)) else ""


def shortcut_fault(key: str) -> str:
    """Why an entry of a menu cannot have a key: a code of `keys_page.fault`, or empty."""
    try:
        event = KeyEvent.parse(key)
    except BugError:
        return "unknown"
    if event.key in MODIFIER_KEYS:
        return "modifier"
    if event.key is Key.UNKNOWN or len(event.text) > 1 or not event.pressed:
        return "unknown"
    return "" if event.is_shortcut or event.key in FUNCTION_KEYS else "text"


def _is_held(event: KeyEvent) -> bool:
    """Whether a key is pressed with others, so that it neither types nor moves by itself."""
    named = event.key is not Key.CHARACTER
    return event.is_shortcut or (named and bool(event.modifiers & Modifiers.SHIFT))


def read_bindings(
    own: Mapping[str, Iterable[str]],
) -> tuple[Bindings, tuple[Message, ...]]:
    """The keys of the settings, as far as they can be followed, and what is wrong with others.

    Args:
        own: names of actions and text forms of their keys.
    """
    bindings: list[tuple[KeyAction, tuple[str, ...]]] = []
    wrong: list[Message] = []
    held: dict[tuple[Status, str], KeyAction] = {}
    named = {action.value: action for action in SCOPES}
    for name, keys in own.items():
        if name.startswith(MENU):
            continue
        if name not in named:
            wrong.append(Message.of("keys_page.unknown_action", name=name))
            continue
        action, sound = named[name], []
        for key in keys:
            fault = _fault_among(action, key, held)
            if fault is None:
                sound.append(key)
                held |= dict.fromkeys(places(action, key), action)
            else:
                wrong.append(fault)
        bindings.append((action, tuple(sound)))
    return tuple(bindings), tuple(wrong)


def unusable_shortcuts(
    own: Mapping[str, Iterable[str]], known: Container[str]
) -> Iterator[Message]:
    """What of the settings menus cannot follow.

    Args:
        own: as for `read_bindings`.
        known: names of the entries that there are.
    """
    for name, keys in own.items():
        if not name.startswith(MENU):
            continue
        if name not in known:
            yield Message.of("keys_page.unknown_action", name=name)
            continue
        for key in keys:
            if why := shortcut_fault(key):
                yield _unusable(name, key, why)


def _unusable(name: str, key: str, why: str) -> Message:
    reason = Message(f"keys_page.fault.{why}")
    return Message.of("keys_page.unusable", name=name, key=key, why=reason)


def _fault_among(
    action: KeyAction, key: str, held: Mapping[tuple[Status, str], KeyAction]
) -> Message | None:
    if why := fault_of(action, key):
        return _unusable(action.value, key, why)
    other = next((held[at] for at in places(action, key) if at in held), action)
    if other is action:
        return None
    return Message.of("keys_page.twice", name=action.value, key=key, other=other.value)


def holder(
    key: str, action: KeyAction, bindings: Bindings, switched: Mapping[Status, Iterable[Keymap]]
) -> KeyAction | None:
    """The other action that has a key where an action would have it; None if there is none.

    Args:
        key: text form.
        action: that is to get it.
        bindings: as they are now.
        switched: the switchable rows that are on.
    """
    for status, one in places(action, key):
        rows = (own_rows(bindings)[status], *switched[status], shipped_rows(bindings)[status])
        names = lookup_names(KeyEvent.parse(one))
        found = next((row[name] for name in names for row in rows if name in row), action)
        if found not in (action, KeyAction.IGNORE):
            return found
    return None
