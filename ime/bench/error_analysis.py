"""`moyin errors`: the rows that one engine gets wrong and another right, with a guess why.

The guess is made by our own model, also for the mistakes of the other engine. The kinds, of
which the first that fits is named:

    unreachable    no reading that we know spells the gold with these letters
    search         our model likes the gold better than what it offered first
    heteronym      a character of the gold is typed by a reading that the model does not have
    segmentation   the letters are cut in another way
    context        without the text before it our model would have preferred the gold; where
                   only the peer is wrong: would have made the same mistake
    name           a wrong character is rare, and with a neighbour in no word of the lexicon
    word           one or two characters differ
    sentence       more do
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import TextIO

from ime.bench.test_sets import Answer, Question
from ime.convert.alignment import Aligner, Alignment
from ime.convert.score.formula import Score
from ime.convert.score.whole_input import WholeInput
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import Segmenter
from ime.ports import LanguageModel, WordPairs
from ime.values import LeftContext

HEAD = (
    *("side", "id", "kind", "rank", "nats", "context", "keys", "gold"),
    *("ours", "peer", "detail"),
)

SHOWN_CONTEXT = 12
"""Characters of context that are printed."""

RARE = 5e-4  # share of running text; about the 400 commonest characters lie above it
EQUAL = 1e-3  # nats; scores closer than that differ by rounding
LONGEST_WORD = 8


class Side(Enum):
    """Who is wrong."""

    LOST = "lost"
    """We are, and the peer is right."""
    WON = "won"
    """The peer is, and we are right."""
    BOTH = "both"
    """Both are; or we are, and there is no peer."""


class Kind(Enum):
    """Why, as far as can be guessed."""

    UNREACHABLE = "unreachable"
    SEARCH = "search"
    HETERONYM = "heteronym"
    SEGMENTATION = "segmentation"
    CONTEXT = "context"
    NAME = "name"
    WORD = "word"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Case:
    """A row that somebody got wrong.

    Attributes:
        side: who.
        question: the row.
        ours: our answer.
        peer: the other one; None where there is none.
    """

    side: Side
    question: Question
    ours: Answer
    peer: Answer | None = None

    @property
    def wrong(self) -> str:
        """The first candidate that is wrong; ours if both are."""
        answer = self.peer if self.side is Side.WON and self.peer is not None else self.ours
        return answer.first


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about a case.

    Attributes:
        kind: the guess.
        nats: score of the gold over that of the wrong text; None where one has none.
        detail: what the guess rests on.
    """

    kind: Kind
    nats: float | None
    detail: str


def cases(
    questions: Iterable[Question],
    ours: Iterable[Answer],
    peer: Iterable[Answer] | None = None,
    sides: frozenset[Side] = frozenset({Side.LOST}),
) -> Iterator[Case]:
    """The rows of some sides, in the order of the set; without a peer all that we get wrong.

    Rows that were not answered are left out.
    """
    our_answers = {answer.id: answer for answer in ours}
    peer_answers = {answer.id: answer for answer in peer} if peer is not None else None
    for question in questions:
        answer = our_answers.get(question.id)
        other = peer_answers.get(question.id) if peer_answers is not None else None
        if answer is None or (peer_answers is not None and other is None):
            continue
        right = answer.first == question.gold
        if other is None:
            if not right:
                yield Case(Side.BOTH, question, answer)
            continue
        side = _side(right, other.first == question.gold)
        if side in sides:
            yield Case(side, question, answer, other)


def _side(ours_right: bool, peer_right: bool) -> Side | None:
    if ours_right:
        return None if peer_right else Side.WON
    return Side.LOST if peer_right else Side.BOTH


class Judge:
    """Guesses why a text was offered instead of the gold.

    Args:
        model: scores texts.
        segmenter: cuts letters, with the switches that the answers were made with.
        lexicon: tells words from names.
        pairs: as the answers were made with.
    """

    def __init__(
        self,
        model: LanguageModel,
        segmenter: Segmenter,
        lexicon: Lexicon,
        pairs: WordPairs | None = None,
    ) -> None:
        self._aligner = Aligner(Score(model, WholeInput(model, pairs)), segmenter)
        self._lexicon = lexicon
        tokens = model.tokens
        total = max(1, int(tokens.counts.sum()))
        self._shares: Counter[str] = Counter()
        for text, count in zip(tokens.texts, tokens.counts.tolist(), strict=True):
            self._shares[text] += count / total

    def judge(self, case: Case, context: str) -> Verdict:
        """The first kind that fits.

        Args:
            case: of a row.
            context: text left of the letters, as the answer was made with.
        """
        keys, gold, wrong = case.question.keys, case.question.gold, case.wrong
        left = LeftContext(context)
        meant = self._aligner.align(left, keys, gold)
        if meant is None:
            return Verdict(Kind.UNREACHABLE, None, _difference(wrong, gold))
        offered = self._aligner.align(left, keys, wrong) if wrong else None
        nats = meant.score - offered.score if offered is not None else None
        if case.side is not Side.WON and nats is not None and nats > EQUAL:
            return Verdict(Kind.SEARCH, nats, _difference(wrong, gold))
        if meant.misread:
            return Verdict(Kind.HETERONYM, nats, _readings(keys, gold, meant))
        if offered is not None and offered.spans != meant.spans:
            return Verdict(
                Kind.SEGMENTATION, nats, f"{_cut(keys, offered)}>{_cut(keys, meant)}"
            )
        if context and self._context_decides(case):
            return Verdict(Kind.CONTEXT, nats, _difference(wrong, gold))
        places = _wrong_places(wrong, gold)
        if places & self._name_places(gold, meant.syllables):
            return Verdict(Kind.NAME, nats, _difference(wrong, gold))
        kind = Kind.WORD if len(places) <= 2 else Kind.SENTENCE
        return Verdict(kind, nats, _difference(wrong, gold))

    def _context_decides(self, case: Case) -> bool:
        """Whether without context our model would choose the other one of gold and mistake."""
        keys, left = case.question.keys, LeftContext()
        meant = self._aligner.align(left, keys, case.question.gold)
        offered = self._aligner.align(left, keys, case.wrong)
        if meant is None or offered is None:
            return False
        gain = meant.score - offered.score
        return gain < -EQUAL if case.side is Side.WON else gain > EQUAL

    def _name_places(self, text: str, syllables: tuple[str, ...]) -> set[int]:
        """Places of rare characters that with a neighbour are in no word of the lexicon."""
        covered: set[int] = set()
        for start in range(len(text)):
            for end in range(start + 2, min(len(text), start + LONGEST_WORD) + 1):
                words = self._lexicon.words_of(syllables[start:end])
                if any(word.text == text[start:end] for word in words):
                    covered.update(range(start, end))
        bare = set(range(len(text))) - covered
        return {
            place
            for place in bare
            if self._shares[text[place]] < RARE and bare & {place - 1, place + 1}
        }


def write_cases(
    found: Iterable[Case], judge: Judge, *, use_context: bool, out: TextIO
) -> Counter[tuple[Side, Kind]]:
    """A table of the cases; returns how many there are of each side and kind."""
    counts: Counter[tuple[Side, Kind]] = Counter()
    print("\t".join(HEAD), file=out)
    for case in found:
        question = case.question
        context = question.context if use_context else ""
        verdict = judge.judge(case, context)
        counts[case.side, verdict.kind] += 1
        fields = [
            case.side.value,
            question.id,
            verdict.kind.value,
            _rank(case),
            "" if verdict.nats is None else f"{verdict.nats:.2f}",
            context[-SHOWN_CONTEXT:],
            question.keys,
            question.gold,
            case.ours.first,
            case.peer.first if case.peer is not None else "",
            verdict.detail,
        ]
        print("\t".join(fields), file=out, flush=True)
    return counts


def _rank(case: Case) -> str:
    """Place of the gold in our list from 0; empty where it is not among those we know."""
    if case.ours.rank is not None:
        return str(case.ours.rank)
    listed = case.ours.candidates
    return str(listed.index(case.question.gold)) if case.question.gold in listed else ""


def _blocks(wrong: str, gold: str) -> list[tuple[str, int, int, int, int]]:
    """How the gold differs: tag, [start, end) in `wrong`, [start, end) in the gold."""
    if len(wrong) != len(gold):
        return [
            block
            for block in SequenceMatcher(None, wrong, gold, autojunk=False).get_opcodes()
            if block[0] != "equal"
        ]
    differing = [i for i, (a, b) in enumerate(zip(wrong, gold, strict=True)) if a != b]
    return [("replace", i, i + 1, i, i + 1) for i in differing]


def _wrong_places(wrong: str, gold: str) -> set[int]:
    return {place for *_, start, end in _blocks(wrong, gold) for place in range(start, end)}


def _difference(wrong: str, gold: str) -> str:
    """What stands for what, as 在>再; neighbouring places together."""
    parts: list[list[str]] = []
    last = -1
    for _, from_start, from_end, start, end in _blocks(wrong, gold):
        if parts and from_start == last:
            parts[-1][0] += wrong[from_start:from_end]
            parts[-1][1] += gold[start:end]
        else:
            parts.append([wrong[from_start:from_end], gold[start:end]])
        last = from_end
    return " ".join(f"{offered}>{meant}" for offered, meant in parts)


def _cut(keys: str, alignment: Alignment) -> str:
    return "'".join(keys[start:end] for start, end in alignment.spans)


def _readings(keys: str, gold: str, alignment: Alignment) -> str:
    """What was typed for what reading, as 行xing>hang."""
    return " ".join(
        f"{gold[place]}{keys[slice(*alignment.spans[place])]}>{alignment.syllables[place]}"
        for place in alignment.misread
    )
