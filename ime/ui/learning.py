"""What the personalize dialog works with: a service that answers by queued signals.

The values are protocols, because the window knows neither the training nor its reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ime.ui.thread_bridge import LearningBridge
from ime.values import Mark


class Stage(Protocol):
    """Where the work is; None stands for what is not known."""

    @property
    def stage(self) -> str:
        """One word."""
        ...

    @property
    def step(self) -> int:
        """Done of the stage."""
        ...

    @property
    def total(self) -> int:
        """Of the stage."""
        ...

    @property
    def loss(self) -> float | None:
        """Of training, nats a hanzi."""
        ...

    @property
    def held_out(self) -> float | None:
        """On choices that are held out, nats a hanzi."""
        ...

    @property
    def seconds_left(self) -> float | None:
        """Of the stage."""
        ...


class Case(Protocol):
    """A choice before and after a run."""

    @property
    def context(self) -> str:
        """Text before it."""
        ...

    @property
    def before(self) -> str:
        """First candidate before."""
        ...

    @property
    def after(self) -> str:
        """First candidate after."""
        ...


class RunView(Protocol):
    """The report of a run, as far as it is shown as a table."""

    @property
    def rescued(self) -> Sequence[Case]:
        """Right only now."""
        ...

    @property
    def broken(self) -> Sequence[Case]:
        """Right only before."""
        ...


class Share(Protocol):
    """A set of cases in figures."""

    @property
    def count(self) -> int:
        """Cases."""
        ...

    @property
    def before(self) -> int:
        """Right before."""
        ...

    @property
    def after(self) -> int:
        """Right after."""
        ...


class Figures(Protocol):
    """A past run in figures."""

    @property
    def held_out(self) -> Share:
        """The newest choices of its time."""
        ...

    @property
    def general(self) -> Share:
        """Everyday sentences."""
        ...


class VersionView(Protocol):
    """A line of the list of versions."""

    @property
    def name(self) -> str:
        """Such as v0003."""
        ...

    @property
    def active(self) -> bool:
        """Whether it is in use."""
        ...

    @property
    def created(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    @property
    def learned(self) -> int:
        """Choices it learned from."""
        ...

    @property
    def before(self) -> float:
        """Share of the newest choices that were first before its run."""
        ...

    @property
    def after(self) -> float:
        """And with it."""
        ...

    @property
    def damaged(self) -> bool:
        """Whether it cannot be used."""
        ...


class Overview(Protocol):
    """How things stand."""

    @property
    def active(self) -> str:
        """Version in use; empty for the shipped model."""
        ...

    @property
    def versions(self) -> Sequence[VersionView]:
        """Newest first."""
        ...

    @property
    def runs(self) -> Sequence[Figures]:
        """Oldest first."""
        ...

    @property
    def report(self) -> RunView | None:
        """Of the newest run."""
        ...

    @property
    def text(self) -> str:
        """The same in words."""
        ...


class Learning(Protocol):
    """Starts, stops and undoes learning; every method returns at once."""

    @property
    def bridge(self) -> LearningBridge:
        """Where answers come."""
        ...

    def run(self) -> bool:
        """Learn; False if something is at work already."""
        ...

    def forget_word(self, word: str) -> bool:
        """Forget a word; False if something is at work already."""
        ...

    def forget_everything(self) -> bool:
        """Forget everything; False if something is at work already."""
        ...

    def pause(self) -> None:
        """Wait."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def cancel(self) -> None:
        """Stop."""
        ...

    def typing(self) -> None:
        """A key went down."""
        ...

    def rest(self) -> None:
        """Some seconds have passed; perhaps the user has rested long enough to learn."""
        ...

    def read_marks(self) -> None:
        """Have `marks_read` emitted."""
        ...

    def take_back(self, mark: Mark) -> None:
        """Let a mark hold no longer."""
        ...

    def survey(self) -> None:
        """Have `surveyed` emitted."""
        ...

    def roll_back(self) -> None:
        """Use the parent of the version in use."""
        ...

    def use(self, name: str) -> None:
        """Use a version; empty for the shipped model."""
        ...

    def delete(self, name: str) -> None:
        """Delete a version."""
        ...

    def export(self, name: str, path: Path) -> None:
        """Copy a version to a file."""
        ...
