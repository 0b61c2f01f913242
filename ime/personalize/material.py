"""What a run learns from and is judged by: choices of the log and documents, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ime.personalize.document_split import (
    FEWEST_HANZI,
    LENGTH,
    DocumentPlan,
    make_document_plan,
)
from ime.personalize.documents.sources import Sources, digests_of
from ime.personalize.models import Models
from ime.personalize.training_split import RunPlan, TooFewSelectionsError, make_plan
from ime.userdb.selection_log import LoggedSelection
from model.finetune.examples import Chain, Contrast, Example, chains, contrasts
from model.finetune.progress import Progress
from model.network.adapter import Adapter

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Material:
    """What a run learns from and is judged by, of both origins.

    Attributes:
        choices: of the log.
        documents: of the user.
    """

    choices: RunPlan
    documents: DocumentPlan

    @property
    def cases(self) -> tuple[Example, ...]:
        """The newest text, unseen by training, as it is typed."""
        return (*self.choices.held_out, *self.documents.cases)

    @property
    def hanzi(self) -> int:
        """New ones to learn from."""
        chosen = self.choices.train[len(self.choices.train) - self.choices.fresh :]
        return self.documents.hanzi + sum(len(one.chosen) for one in chosen)

    def lines(self, models: Models, length: int) -> tuple[list[Chain], list[Chain]]:
        """What is trained on, and what is measured by; of `length` tokens at most."""
        words = models.vocabulary
        train = [*self.documents.train, *chains(words, self.choices.train, length)]
        return train, [*self.documents.held_out, *chains(words, self.choices.held_out, length)]

    def written(self, models: Models) -> npt.NDArray[np.int64]:
        """(V,) how often each token was written in what is new."""
        words, choices, documents = models.vocabulary, self.choices, self.documents
        chosen = choices.train[len(choices.train) - choices.fresh :]
        lines = [
            *documents.train[len(documents.train) - documents.fresh :],
            *chains(words, chosen, models.length),
        ]
        tokens = [
            token
            for line in lines
            for token, wanted in zip(line.tokens, line.wanted, strict=True)
            if wanted
        ]
        return np.bincount(np.array(tokens, np.int64), minlength=len(words))

    def pairs(self, models: Models) -> list[Contrast]:
        """What was passed over for what was chosen."""
        return contrasts(models.vocabulary, self.choices.train)


def is_all_there(sources: Sources, adapter: Adapter) -> bool:
    """Whether every document that an adapter learned from is still one, perhaps changed."""
    return digests_of(sources.files).issuperset(adapter.info.documents)


def gather(
    models: Models,
    rows: Sequence[LoggedSelection],
    sources: Sources,
    start: Adapter | None,
    seed: int,
    report: Report,
) -> Material:
    """All that is new, of the log and of the documents.

    Args:
        models: read the documents.
        rows: of the log, oldest first.
        sources: the documents, as the disk has them.
        start: adapter to go on from.
        seed: of the draw among what is older.
        report: told of every file.

    Raises:
        TooFewSelectionsError: there is too little of both.
    """
    learned = start.info.documents if start is not None else ()
    through = start.info.through if start is not None else 0
    documents = _documents(models, sources, learned, seed, report)
    try:
        choices = make_plan(rows, through, seed)
    except TooFewSelectionsError:
        if not documents.train:
            raise
        choices = RunPlan((), (), (), 0, through)
    return Material(choices, documents)


def _documents(
    models: Models, sources: Sources, learned: Sequence[str], seed: int, report: Report
) -> DocumentPlan:
    """What is new of the documents; nothing where that is too little."""
    if not any(one.digest and one.digest not in learned for one in sources.files):
        return DocumentPlan()
    plan = make_document_plan(
        sources.read(lambda done, total: report(Progress("reading", done, total))),
        learned,
        models.reader(),
        models.vocabulary,
        min(LENGTH, models.length),
        seed,
    )
    return plan if plan.hanzi >= FEWEST_HANZI else DocumentPlan()
