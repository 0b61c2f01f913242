"""`python -m tests.random_walk`: any keys, modes, settings and late lists, by chance.

After every event the letters are accounted for: what was typed stands in the text, in the
composition or among the keys that wait, once, unless a key that deletes was carried out. The
converter writes letters full width, so that a text tells which ones it came from.

`--steps N` events (200,000); `--ngram` asks the shipped n-gram for the lists, whose candidates
are then written as their letters; `--seed N` begins elsewhere. Printed is what went wrong: an
exception, a lost or a doubled letter, a key that vanished, an Escape that left something.
"""

from __future__ import annotations

import argparse
import random
import re
import string
import sys
import unicodedata
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from ime.lexicon.punctuation import full_width
from ime.pinyin.shuangpin import built_in_scheme
from ime.ports import Converter
from ime.session.events import (
    CandidatePicked,
    CommitText,
    ContextChanged,
    Convert,
    DeadlinePassed,
    Effect,
    Event,
    FocusLost,
    ForgetAsked,
    GivenUp,
    Learn,
    ListArrived,
    ModeToggled,
    OffersArrived,
    OptionsChanged,
    PageTurned,
    PassKey,
    PinAsked,
    Refused,
    ReplaceLast,
    Reset,
    SetMark,
    StartDeadline,
)
from ime.session.keys import (
    APOSTROPHE_SELECT,
    BRACKET_CHARACTER,
    COMMA_PERIOD_PAGE,
    KEYMAP,
    KEYPAD_SELECT,
    SEMICOLON_SELECT,
    VERTICAL,
    Key,
    KeyAction,
    KeyEvent,
    Modifiers,
    Status,
)
from ime.session.state import MAX_LITERAL, PAGE_SIZES, SessionState
from ime.session.step import initial_state, step
from ime.values import CandidateList, DecodeRequest, LeftContext
from tests.session.desk import EchoConverter, candidate

TAIL = 400  # characters of the text that are kept
LATE = 3  # requests that may still be answered
ROWS = (*KEYMAP.values(), COMMA_PERIOD_PAGE, BRACKET_CHARACTER, SEMICOLON_SELECT)
NAMES = sorted(
    {name for row in (*ROWS, APOSTROPHE_SELECT, KEYPAD_SELECT, VERTICAL) for name in row}
    | {f"Keypad+{KeyEvent(Key.CHARACTER, mark)}" for mark in "+-*/.0123456789"}
    | {"Shift", "Release+Shift", "Release+a", "Control", "Alt", "Unknown", "Control+a", "Alt+x"}
    | {"Shift+Home", "Meta+v", "text:你好", "text:🙂", "text:\t", "text:é"}
)
LETTERS = "aeinghoux" * 4 + string.ascii_lowercase
DELETING = {Key.BACKSPACE, Key.DELETE, Key.ESCAPE, Key.CAPS_LOCK}  # the last drops letters
BINDINGS = ((), ((KeyAction.PAGE_NEXT, ("Control+Page_Down",)),))
SCHEMES = (None, None, None, built_in_scheme("flypy"), built_in_scheme("mspy"))


CODE = re.compile("[uU][0-9a-fA-F]*[0-9]")
COUNTED = frozenset(string.ascii_letters) - {*"vV"}  # which with digits is a numeral


class WalkError(AssertionError):
    """The session did what it must not."""


class EchoOf:
    """A converter whose candidates are written as their letters.

    Args:
        converter: that finds them.
    """

    def __init__(self, converter: Converter) -> None:
        self._converter = converter

    def convert(self, request: DecodeRequest) -> CandidateList:
        """Its list."""
        found = self._converter.convert(request)
        assert found is not None
        items = tuple(
            replace(item, text=full_width(request.raw[: item.end])) for item in found.items
        )
        return replace(found, items=items)


class Walk:
    """A session that is fed by chance, and what is known of it from outside.

    Args:
        seed: of the chance.
        converter: asked for lists; None for one that knows all letters but x.
    """

    def __init__(self, seed: int, converter: EchoConverter | EchoOf | None = None) -> None:
        self.chance = random.Random(seed)
        self.state: SessionState = initial_state()
        self.text = ""
        self.requests: deque[DecodeRequest] = deque(maxlen=LATE)
        self.history: deque[str] = deque(maxlen=40)
        self.deadline = -1
        self.commits = -1
        self.counts: Counter[str] = Counter()
        self._converter = converter or EchoConverter()

    def go(self, steps: int) -> None:
        """Feed events by chance; raises WalkError with the last ones where one is wrong."""
        try:
            for _ in range(steps):
                self._act()
        except Exception as error:
            where = f"event {self.counts.total():,}, after {' '.join(self.history)}"
            raise WalkError(f"{error!r}: {where}") from error

    # --- what happens ------------------------------------------------------------------------

    def _act(self) -> None:
        kind = self.chance.random()
        if kind < 0.45:
            self.feed(KeyEvent(Key.CHARACTER, self.chance.choice(LETTERS)))
        elif kind < 0.5:
            letter = self.chance.choice(string.ascii_uppercase)
            self.feed(KeyEvent(Key.CHARACTER, letter, Modifiers.SHIFT))
        elif kind < 0.58:
            self.feed(KeyEvent(Key.CHARACTER, self.chance.choice(string.printable[:95])))
        elif kind < 0.74:
            self.feed(KeyEvent.parse(self.chance.choice(NAMES)))
        elif kind < 0.94:
            self._answer()
        elif kind < 0.99:
            self.feed(self._pointer_or_host())
        else:
            self._escape()

    def _answer(self) -> None:
        if not self.requests:
            return
        newest = self.chance.random() < 0.8
        request = self.requests[-1] if newest else self.chance.choice(self.requests)
        final = self.chance.random() < 0.8
        self.feed(ListArrived(replace(self._converter.convert(request), final=final)))

    def _pointer_or_host(self) -> Event:
        chance, options = self.chance, self.state.options
        index = chance.randrange(6)
        name = chance.choice([field.name for field in fields(options)])
        other: Any = chance.random() < 0.5
        if name == "page_size":
            other = chance.choice(PAGE_SIZES)
        elif name == "scheme":
            other = chance.choice(SCHEMES)
        elif name == "bindings":
            other = chance.choice(BINDINGS)
        offers = (candidate("好的", 0), candidate("·", 0))
        events: list[Event] = [
            CandidatePicked(index), CandidatePicked(index), PinAsked(index), ForgetAsked(index),
            PageTurned(chance.choice((-1, 1))), FocusLost(), ModeToggled(),
            DeadlinePassed(self.deadline), GivenUp(self.deadline), GivenUp(self.deadline),
            ContextChanged(LeftContext(self.text[-9:])), Reset(LeftContext("新的")),
            OffersArrived(self.state.context, offers),
            *[OptionsChanged(replace(options, **{name: other}))] * 4,
        ]  # fmt: skip
        return chance.choice(events)

    def _escape(self) -> None:
        """Escape leads to rest from everywhere, once no key waits."""
        while self.state.waiting:
            self.feed(GivenUp(self.deadline))
        self.feed(KeyEvent(Key.ESCAPE))
        state = self.state
        resting = not (state.composing or state.page or state.offers or state.waiting)
        _must(resting and state.status in (Status.IDLE, Status.DIRECT), "Escape left something")

    # --- what must hold ----------------------------------------------------------------------

    def feed(self, event: Event) -> None:
        """One event, and what must hold behind it."""
        self.history.append(_told(event))
        before, text = self.state, self.text
        self.state, effects = step(before, event)
        for effect in effects:
            self._carry_out(effect, private=before.options.private)
        self._account(event, before, text, effects)
        self._check_state()
        self.text = self.text[-TAIL:]
        self.counts[type(event).__name__] += 1

    def _carry_out(self, effect: Effect, *, private: bool) -> None:
        match effect:
            case Convert(request):
                self.requests.append(request)
            case StartDeadline(revision):
                self.deadline = revision
            case CommitText(commit):
                _must(commit.id > self.commits, "a commit came twice")
                self.commits = commit.id
                self.text += commit.text
            case ReplaceLast(count, text):
                self.text = self.text[: len(self.text) - count] + text
            case PassKey(key):
                self._pass(key)
            case Learn() | SetMark():
                _must(not private, "something was learned in private")
            case _:
                pass

    def _pass(self, key: KeyEvent) -> None:
        if not key.pressed or key.is_shortcut:
            return
        if key.key is Key.CHARACTER:
            self.text += key.text
        elif key.key is Key.SPACE:
            self.text += " "
        elif key.key is Key.BACKSPACE:
            self.text = self.text[:-1]

    def _account(
        self, event: Event, before: SessionState, text: str, effects: Iterable[Effect]
    ) -> None:
        typed = _text_of(event)
        had = _letters(text + _composed(before) + _waiting(before) + typed)
        has = _letters(self.text + _composed(self.state) + _waiting(self.state))
        refused = any(isinstance(effect, Refused) for effect in effects)
        queue = (*before.waiting, event) if isinstance(event, KeyEvent) else before.waiting
        done = queue[: len(queue) - len(self.state.waiting)]
        lossy = refused or any(key.key in DELETING or key.text in ("[", "]") for key in done)
        if any(key.key is Key.BACKSPACE for key in done):  # it gives back what was cut
            had += _letters(before.composition.raw + before.last_letters)
        # A code point, of which a character comes: the letters are no text.
        lossy |= CODE.search(before.composition.rest + _waiting(before)) is not None
        _must(not has - had, f"letters came twice: {has - had}")
        _must(lossy or isinstance(event, Reset) or not had - has, f"lost: {had - has}")
        if typed and before.status in (Status.IDLE, Status.DIRECT) and not before.waiting:
            changed = self.text != text or self.state.composition != before.composition
            _must(changed, f"{typed!r} vanished")

    def _check_state(self) -> None:
        state = self.state
        composition = state.composition
        _must(0 <= composition.caret <= len(composition.raw) <= MAX_LITERAL, "caret")
        _must(composition.fixed_end <= len(composition.raw), "parts behind the letters")
        parts = len(composition.fixed)
        _must(parts == len(state.selections) == len(state.passed_over), "parts")
        shown = state.page and not state.offers
        _must(state.composing or not (shown or state.waiting), "a page of nothing")
        _must(not state.waiting or self.deadline == composition.revision, "no deadline")
        if state.page is not None and state.page.items:
            least = -1 if state.offers else 0  # nothing is highlighted among offers
            _must(least <= state.page.highlight < len(state.page.items), "highlight")
        _must(len(state.preedit.text) >= 0, "preedit")


def _told(event: Event) -> str:
    match event:
        case KeyEvent():
            return str(event)
        case ListArrived(listed):
            return f"<{listed.raw}{'' if listed.final else '?'}>"
        case _:
            return f"<{event}>"


def _must(holds: object, what: str) -> None:
    if not holds:
        raise WalkError(what)


def _text_of(event: Event) -> str:
    typing = isinstance(event, KeyEvent) and event.pressed and not event.is_shortcut
    return event.text if typing and isinstance(event, KeyEvent) else ""


def _composed(state: SessionState) -> str:
    """Its letters; of a part that was chosen its text, which may be one character of a word."""
    return state.composition.fixed_text + state.composition.rest


def _waiting(state: SessionState) -> str:
    return "".join(map(_text_of, state.waiting))


def _letters(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKC", text)
    return Counter(character for character in plain if character in COUNTED)


def main() -> int:
    """Walk; 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.random_walk")
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ngram", action="store_true")
    wanted = parser.parse_args()
    walk = Walk(wanted.seed, EchoOf(_shipped()) if wanted.ngram else None)
    try:
        walk.go(wanted.steps)
    except WalkError as error:
        print(error)
        return 1
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in walk.counts.most_common())
    print(f"{walk.counts.total():,} events ({kinds}), {walk.commits + 1:,} commits: all right")
    return 0


def _shipped() -> Converter:
    from ime.backend.opening import open_by_settings
    from ime.settings import ModelSettings, Settings

    return open_by_settings(Settings(model=ModelSettings(tier="ngram")))


if __name__ == "__main__":
    sys.exit(main())
