"""What is taken over from an earlier search: it saves steps, and finds what a new search finds.

A drawn table looks at one token before, so that hypotheses of the same last tokens go on alike,
and the scores taken over must be the true ones.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ime.convert.beam import Hypothesis
from ime.convert.lattice_reuse import FEWEST
from ime.convert.score.edge_tokens import MISREADING
from ime.convert.score.formula import Score
from ime.convert.search import MOST_STATES, BeamSearch
from ime.decode.opening import OpenedConverter, open_converter
from ime.settings import assets_folder
from ime.values import CandidateList, DecodeRequest, LeftContext
from tests.convert.searches import EMPTY, SEGMENTER
from tests.fakes import TABLE_TOKENS, TableModel

SYLLABLES = ("xian", "ji", "nian", "na", "jian", "ni", "xian", "xi", "nian", "jian", "na")
RAW = "".join(SYLLABLES * 2)


class Typed:
    """A search behind a model that counts its steps."""

    def __init__(self, seed: int) -> None:
        self.model = TableModel.drawn(seed)
        self.search = BeamSearch(Score(self.model), SEGMENTER)
        self.steps_of(EMPTY, RAW)

    def steps_of(self, context: LeftContext, raw: str) -> int:
        """Search; returns the steps that it took."""
        before = self.model.calls
        assert self.search.run(context, raw)
        return self.model.calls - before

    def choose(self, rank: int = 0) -> tuple[LeftContext, str]:
        """The context behind the first two characters of a hypothesis, and what is left."""
        texts, syllables = self.model.tokens.texts, self.model.tokens.syllables
        path = self.search.paths(10, rank + 1)[rank]  # xian ji nian
        tokens, end = path.tokens[:2], path.spans[1][1]
        context = EMPTY.append(
            "".join(texts[token] for token in tokens),
            tuple(syllables[token] for token in tokens),
        )
        return context, RAW[end:]

    def best(self) -> Hypothesis:
        return self.search.paths(self.search.reach, 1)[0]


def assert_true(typed: Typed, raw: str, before: int = -1) -> None:
    """The best hypothesis reaches the end, and has the score of its tokens and edges."""
    path = typed.best()
    assert path.end == len(raw)
    score, last = 0.0, before
    for token, (start, end) in zip(path.tokens, path.spans, strict=True):
        text, said = TABLE_TOKENS[token]
        also = {syllable for other, syllable in TABLE_TOKENS if other == text}
        ways = [
            edge.log_prob + (0.0 if said in edge.syllables else MISREADING)
            for edge in SEGMENTER.edges_into(raw, end, last=end == len(raw))
            if edge.start == start and (said in edge.syllables or also & set(edge.syllables))
        ]
        score += float(typed.model.table[last, token]) + max(ways)
        last = token
    assert path.score == pytest.approx(score, abs=1e-3)


seeds = pytest.mark.parametrize("seed", range(8))


@seeds
@pytest.mark.parametrize("rank", [0, 1, 3])
def test_choosing_a_part_searches_the_beginning_alone(seed: int, rank: int) -> None:
    typed = Typed(seed)
    whole = typed.model.calls
    context, rest = typed.choose(rank)
    assert typed.steps_of(context, rest) < whole / 2
    assert_true(typed, rest, typed.model.encode(context)[-1])


@seeds
def test_giving_a_part_back_takes_no_step(seed: int) -> None:
    typed = Typed(seed)
    before = typed.best()
    typed.steps_of(*typed.choose())
    assert typed.steps_of(EMPTY, RAW) == 0
    assert typed.best() == before


@seeds
def test_parts_are_given_back_one_by_one(seed: int) -> None:
    typed = Typed(seed)
    whole, first = typed.best(), typed.choose()
    typed.steps_of(*first)
    middle = typed.best()
    texts, syllables = typed.model.tokens.texts, typed.model.tokens.syllables
    token, (_, end) = middle.tokens[0], middle.spans[0]
    chosen = first[0].append(texts[token], (syllables[token],))
    typed.steps_of(chosen, first[1][end:])
    assert typed.steps_of(*first) == 0
    assert typed.best() == middle
    assert typed.steps_of(EMPTY, RAW) == 0
    assert typed.best() == whole


CHANGES: dict[str, Callable[[str], str]] = {
    "second letter deleted": lambda raw: raw[0] + raw[2:],
    "letter put in front": lambda raw: "x" + raw,
    "first letter replaced": lambda raw: "j" + raw[1:],
    "syllable put in": lambda raw: raw[:7] + "nian" + raw[7:],
    "syllable deleted": lambda raw: raw[:4] + raw[7:],
    "divided": lambda raw: raw[:6] + "'" + raw[6:],
}


@seeds
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_in_front_searches_the_beginning_alone(
    seed: int, change: Callable[[str], str]
) -> None:
    typed = Typed(seed)
    whole, raw = typed.model.calls, change(RAW)
    assert typed.steps_of(EMPTY, raw) < whole / 2
    assert_true(typed, raw)


@seeds
def test_letters_go_on_behind_what_was_taken_over(seed: int) -> None:
    typed = Typed(seed)
    context, rest = typed.choose(1)
    typed.steps_of(context, rest)
    for letter in "niax":
        rest += letter
        assert typed.steps_of(context, rest) <= 1
        assert_true(typed, rest, typed.model.encode(context)[-1])


@seeds
def test_deleting_back_past_the_seam_leaves_nothing_out(seed: int) -> None:
    typed = Typed(seed)
    context, rest = typed.choose(1)
    typed.steps_of(context, rest)
    for end in range(len(rest) - 1, 0, -1):
        typed.steps_of(context, rest[:end])
        if typed.search.reach == end:
            assert_true(typed, rest[:end], typed.model.encode(context)[-1])


@seeds
def test_stopped_search_goes_on_with_what_it_knows(seed: int) -> None:
    typed = Typed(seed)
    whole = typed.model.calls
    context, rest = typed.choose(1)
    asked = iter([False] * 5 + [True] * 1_000)
    assert not typed.search.run(context, rest, lambda: next(asked))
    assert typed.steps_of(context, rest) < whole / 2
    assert_true(typed, rest, typed.model.encode(context)[-1])


def test_few_letters_are_searched_anew() -> None:
    typed = Typed(1)
    raw = RAW[: FEWEST - 1]
    typed.steps_of(EMPTY, raw)
    typed.steps_of(EMPTY, raw[1:])
    assert typed.search._joined == 0


def test_another_context_knows_nothing() -> None:
    typed = Typed(1)
    other = LeftContext(typed.model.tokens.texts[3])
    _, rest = typed.choose()
    for context, raw in ((other, RAW), (EMPTY, rest)):
        anew = BeamSearch(Score(TableModel(typed.model.table)), SEGMENTER)
        anew.run(context, raw)
        typed.steps_of(context, raw)
        assert typed.search.paths(len(raw), 9) == anew.paths(len(raw), 9)


def test_states_do_not_pile_up() -> None:
    typed = Typed(1)
    context, rest = typed.choose(1)
    most = 0
    for _ in range(60):
        typed.steps_of(context, rest)
        for change in CHANGES.values():
            typed.steps_of(context, change(rest))
        typed.steps_of(EMPTY, RAW)
        most = max(most, len(typed.model.live))
    assert most < MOST_STATES + 1_000


# --- the shipped models ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> OpenedConverter:
    return open_converter(assets_folder())


LONG = {
    "zhegewentiwomenyijingtaolunguohenduocileburuzhijiezhaotamenshuoqingchu": ("这个", 6),
    "jintianxiawuwomenyaoqujichangjieyigezhongyaodekehusuoyihuiyitongzhidaomingtian": (
        "今天",
        7,
    ),
    "womenxuyaozhaoyigehenanjingdedifangxiexiaoshuoranhouyiqiqukandianying": ("我们", 5),
    "tashuotamendexuexiaozaiheyuanbianshangmeiniandouyouhenduorenqucanguan": ("他说", 5),
}


def texts_of(listed: CandidateList | None) -> list[str]:
    assert listed is not None
    return [item.text for item in listed.items[:5]]


@pytest.mark.parametrize("raw", LONG)
def test_shipped_models_list_what_a_new_search_lists(real: OpenedConverter, raw: str) -> None:
    text, end = LONG[raw]
    before = LeftContext("大家好，")
    whole = texts_of(real.convert(DecodeRequest(1, before, raw)))
    context = before.append(text, ())
    chosen = DecodeRequest(2, context, raw[end:], continues=True)
    listed = texts_of(real.convert(chosen))
    assert real._search._joined > 0
    assert texts_of(real.convert(DecodeRequest(3, before, raw))) == whole
    real._search.reset()
    assert listed[0] == texts_of(real.convert(chosen))[0]


def test_deleting_from_the_end_is_no_change_in_front() -> None:
    search = BeamSearch(Score(TableModel.drawn(1)), SEGMENTER)
    raw = "xi" * 20
    for end in (*range(1, len(raw) + 1), *range(len(raw) - 1, 0, -1)):
        search.run(EMPTY, raw[:end])
        assert not search._states
