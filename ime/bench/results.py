"""The figures of several engines on one set, as `moyin bench` collects them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from ime.bench.engines import Run
from ime.bench.paired_test import Estimate, PairedTest
from ime.bench.scoring import Score


@dataclass(frozen=True, slots=True)
class Column:
    """One engine on one set.

    Attributes:
        engine: its name.
        run: what it answered.
        score: its figures; None where it failed.
        kinds: figures of each kind of row, where the set has several.
        duel: against the reference; None for that itself, and where one of them failed.
        marked_duel: the same over marked characters; None where the set marks none, too.
        picks: what is pressed, over what the reference wants pressed; None as for `duel`, and
            where nobody picked.
        variant: whether it is the first engine with other options.
        own_duel: against the first engine; None where it is no variant, or one of them failed.
    """

    engine: str
    run: Run
    score: Score | None = None
    kinds: dict[str, Score] = field(default_factory=dict)
    duel: PairedTest | None = None
    marked_duel: PairedTest | None = None
    picks: Estimate | None = None
    variant: bool = False
    own_duel: PairedTest | None = None

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "score": self.score and self.score.plain(),
            "kinds": {kind: figures.plain() for kind, figures in self.kinds.items()},
            "duel": self.duel and self.duel.plain(),
            "marked_duel": self.marked_duel and self.marked_duel.plain(),
            "picks_ratio": self.picks and asdict(self.picks),
            "variant": self.variant,
            "own_duel": self.own_duel and self.own_duel.plain(),
            "error": self.run.error,
            "meta": self.run.meta,
            "seconds": round(self.run.seconds, 1),
            "earlier": self.run.earlier,
            "answers": self.run.file and self.run.file.name,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """All engines on one set.

    Attributes:
        name: of the set.
        context: whether column 2 was used.
        rows: of the set, as far as they were asked.
        sha256: of these rows.
        columns: one an engine, ours first.
    """

    name: str
    context: bool
    rows: int
    sha256: str
    columns: tuple[Column, ...]

    def plain(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "set": self.name,
            "context": self.context,
            "rows": self.rows,
            "sha256": self.sha256,
            "engines": {column.engine: column.plain() for column in self.columns},
        }
