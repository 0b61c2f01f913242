"""What the session is told (events) and what it asks for (effects); all frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ime.session.keys import KeyEvent
from ime.session.state import SessionOptions
from ime.values import (
    Candidate,
    CandidateList,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Mark,
    Repair,
)


@dataclass(frozen=True, slots=True)
class ListArrived:
    """The converter answered; answers for another revision than the current are dropped."""

    list: CandidateList


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The time that `StartDeadline` asked for is over: a provisional list will do."""

    revision: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """No list will come: keys that wait for this revision make do with what is there."""

    revision: int


@dataclass(frozen=True, slots=True)
class CandidatePicked:
    """A painted candidate was clicked; `index` counts from 0 on the page."""

    index: int
    how: How = How.MOUSE


@dataclass(frozen=True, slots=True)
class PinAsked:
    """A painted candidate is to be pinned, or released where it is; `index` from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class ForgetAsked:
    """A painted candidate is to be forgotten; `index` from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class PageTurned:
    """The arrows of the panel or the wheel: +1 forward, -1 back."""

    delta: int


@dataclass(frozen=True, slots=True)
class FocusLost:
    """The editor lost the keyboard: what is composed is committed as it stands."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Another text, or the host has dealt with what was composed: it is dropped.

    No text is committed; keys that wait are dropped, too.
    """

    context: LeftContext


@dataclass(frozen=True, slots=True)
class ContextChanged:
    """The host says what now stands left of the caret; readings it does not know stay known."""

    context: LeftContext


@dataclass(frozen=True, slots=True)
class OffersArrived:
    """What may follow `context`, best first; dropped unless that is what stands there."""

    context: LeftContext
    items: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class RepairAsked:
    """The menu asks what the last sentence should have been."""


@dataclass(frozen=True, slots=True)
class RepairsArrived:
    """What the end of `context` should have been; dropped unless that is what stands there."""

    context: LeftContext
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class OptionsChanged:
    """The settings changed."""

    options: SessionOptions


@dataclass(frozen=True, slots=True)
class ModeToggled:
    """The Chinese/English button was clicked."""


Event = (
    KeyEvent
    | ListArrived
    | DeadlinePassed
    | GivenUp
    | CandidatePicked
    | PinAsked
    | ForgetAsked
    | PageTurned
    | FocusLost
    | Reset
    | ContextChanged
    | OffersArrived
    | RepairAsked
    | RepairsArrived
    | OptionsChanged
    | ModeToggled
)


@dataclass(frozen=True, slots=True)
class Convert:
    """Ask the converter; only the newest request matters."""

    request: DecodeRequest


@dataclass(frozen=True, slots=True)
class Prepare:
    """Let the converter read the left context ahead of the next letter."""

    context: LeftContext


@dataclass(frozen=True, slots=True)
class AskRepair:
    """Ask what the last sentence of `context` should have been."""

    context: LeftContext


@dataclass(frozen=True, slots=True)
class CommitText:
    """Insert `commit.shown` at the caret of the editor."""

    commit: Commit


@dataclass(frozen=True, slots=True)
class ReplaceLast:
    """Replace the `count` characters left of the editor's caret by `text`."""

    count: int
    text: str


@dataclass(frozen=True, slots=True)
class PassKey:
    """The host handles this key itself.

    It may be a key that waited and was not passed at its own time; the host acts on it now.
    """

    event: KeyEvent


@dataclass(frozen=True, slots=True)
class Retract:
    """Undo what `Learn` took from the commit of this id."""

    commit_id: int


@dataclass(frozen=True, slots=True)
class Learn:
    """Log the selections of a commit and let them change the next list."""

    commit: Commit


@dataclass(frozen=True, slots=True)
class SetMark:
    """Write down what the user wants of a candidate, and let it change the next list."""

    mark: Mark


class Refusal(Enum):
    """Why a key did nothing."""

    PRIVATE = "private"
    """Private mode writes nothing down: no pin, nothing forgotten."""
    NO_WORD = "no_word"
    """Only words can be pinned or forgotten, not letters, dates and phrases."""
    NOT_LEARNED = "not_learned"
    """Nothing was learned of this character, and a character is never hidden."""
    NO_REPAIR = "no_repair"
    """The last sentence stands as it is likeliest."""
    FULL = "full"
    """No more letters fit in."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A key or a click did nothing, and the typist should know why."""

    why: Refusal


@dataclass(frozen=True, slots=True)
class StartDeadline:
    """A key waits for its list: send `DeadlinePassed(revision)` every `DEADLINE_MS`.

    Until a list comes, or until none can come: then send `GivenUp(revision)`.
    """

    revision: int


DEADLINE_MS = 100
"""How long a key waits for the better list while a provisional one is there."""

Effect = (
    Convert
    | Prepare
    | AskRepair
    | CommitText
    | ReplaceLast
    | PassKey
    | Retract
    | Learn
    | SetMark
    | Refused
    | StartDeadline
)
