"""Nothing that can be typed, stored or learned may end in a traceback."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ime.backend.opening import open_by_settings
from ime.convert.converter import ConverterOptions
from ime.convert.score.edge_tokens import DOT
from ime.convert.search import SearchOptions
from ime.decode.opening import OpenedConverter
from ime.errors import AssetError
from ime.lexicon.words import Lexicon
from ime.pinyin.graph import FuzzyPair, GraphOptions
from ime.session.runner import SyncRunner
from ime.settings import ModelSettings, Settings
from ime.values import (
    CandidateList,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Selection,
    Source,
)
from model.ngram.trie import ORDER, Ngram, NgramScorer, quantise, write_levels
from tests.fakes import TableModel, write_lexicon

ASSETS = Path(__file__).parents[2] / "assets"
NGRAM = Settings(model=ModelSettings(tier="ngram"))
WORDS = [
    ("西安", "xi an", 90), ("系按", "xi an", 5), ("先年", "xian nian", 10),
    ("西安年", "xi an nian", 8), ("见系", "jian xi", 6), ("夕庵", "xi an", 3),
]  # fmt: skip

letters = st.text("xianj'vAZ", max_size=12)
anything = st.text(st.characters(), max_size=12)  # lone surrogates, NUL, emoji
options = st.builds(
    GraphOptions,
    abbreviation=st.booleans(),
    completion=st.booleans(),
    fuzzy=st.frozensets(st.sampled_from(FuzzyPair), max_size=3),
    typos=st.booleans(),
    correction=st.booleans(),
    undivided=st.booleans(),
)


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return Lexicon(write_lexicon(tmp_path_factory.mktemp("lexicon"), WORDS))


def check(found: CandidateList | None, raw: str) -> None:
    """What the session relies on in every list."""
    assert found is not None
    assert found.raw == raw
    assert bool(found.items) == bool(found.spans)
    reach = found.spans[-1][1] if found.spans else 0
    assert len({item.text for item in found.items}) == len(found.items)
    for item in found.items:
        assert item.text
        plain = item.source in (Source.LITERAL, Source.REWRITE)
        # Letters, dots, and what stays as it was typed.
        plain |= any(char.isascii() or char in DOT + raw for char in item.text)
        assert len(item.syllables) == (0 if plain else len(item.text))
        assert 0 < item.end <= reach <= len(raw)


@settings(max_examples=60, deadline=None)
@given(raw=st.one_of(letters, anything), context=anything, graph=options)
def test_converter_takes_any_text_with_any_options(
    lexicon: Lexicon, raw: str, context: str, graph: GraphOptions
) -> None:
    read = ConverterOptions(graph, SearchOptions(beam=4))
    converter = OpenedConverter(TableModel.drawn(1), lexicon, read)
    check(converter.convert(DecodeRequest(1, LeftContext(context), raw)), raw)


@pytest.fixture(scope="module")
def real() -> OpenedConverter:
    return open_by_settings(NGRAM)


@settings(max_examples=60, deadline=None)
@given(
    raw=st.one_of(st.text("abcdefghijklmnopqrstuvwxyz'", max_size=20), anything),
    context=anything,
    readings=st.lists(st.tuples(st.integers(-3, 20), st.sampled_from(["shi", "", "x"]))),
)
def test_shipped_converter_takes_any_text(
    real: OpenedConverter, raw: str, context: str, readings: list[tuple[int, str]]
) -> None:
    left = LeftContext(context, tuple(readings))
    check(real.convert(DecodeRequest(1, left, raw)), raw)


@settings(max_examples=25, deadline=None)
@given(keys=st.text(st.sampled_from("abghnosuxyz' 1359-=,.;/\n\t，😀A"), max_size=40))
def test_session_over_the_shipped_converter_takes_any_keys(
    real: OpenedConverter, keys: str
) -> None:
    runner = SyncRunner(real)
    runner.reset()
    runner.type(keys)
    runner.press("Escape")
    assert not runner.state.composition.raw


class Converting(RuleBasedStateMachine):
    """Typing, deleting, learning, unlearning and moving, against a converter made afresh."""

    lexicon: Lexicon

    def __init__(self) -> None:
        super().__init__()
        self.model = TableModel.drawn(3)
        self.converter = self._make(self.model)
        self.lessons: dict[int, Commit] = {}
        self.raw = "x"
        self.context = ""
        self.number = 0

    def _make(self, model: TableModel) -> OpenedConverter:
        return OpenedConverter(
            model, self.lexicon, ConverterOptions(search=SearchOptions(beam=4))
        )

    @rule(letter=st.sampled_from("xianj'v"))
    def type(self, letter: str) -> None:
        self.raw = (self.raw + letter)[:10]

    @rule()
    def backspace(self) -> None:
        self.raw = self.raw[:-1]

    @rule(place=st.integers(0, 9), letter=st.sampled_from("xian'"))
    def insert(self, place: int, letter: str) -> None:
        self.raw = (self.raw[:place] + letter + self.raw[place:])[:10]

    @rule(context=st.sampled_from(["", "西", "安，", "\0"]))
    def move(self, context: str) -> None:
        self.context = context
        self.converter.prepare(LeftContext(context))

    @rule(place=st.integers(0, 20))
    def choose(self, place: int) -> None:
        items = self._listed(self.converter).items
        if items:
            chosen = items[place % len(items)]
            context = LeftContext(self.context)
            self.number += 1
            commit = Commit(
                self.number,
                chosen.text,
                chosen.syllables,
                (
                    Selection(
                        context, self.raw, chosen.syllables, (), chosen.text, 0, How.SPACE
                    ),
                ),
            )
            self.converter.learn(commit)
            self.lessons[commit.id] = commit

    @rule()
    def undo(self) -> None:
        self.converter.retract(self.number)
        self.lessons.pop(self.number, None)

    @rule(times=st.integers(0, 5))
    def overtaken(self, times: int) -> None:
        left = iter(range(times))
        request = DecodeRequest(1, LeftContext(self.context), self.raw + "xian")
        self.converter.convert(request, lambda: next(left, None) is None)

    @invariant()
    def equals_a_fresh_converter(self) -> None:
        found = self._listed(self.converter)
        check(found, self.raw)
        fresh = self._make(TableModel.drawn(3))
        for commit in self.lessons.values():
            fresh.learn(commit)
        expected = self._listed(fresh)
        # What was undone leaves rounding behind, and that may turn the order of near equals.
        scores = {item.text: item.score for item in found.items}
        assert scores.keys() == {item.text for item in expected.items}
        for item in expected.items:
            assert scores[item.text] == pytest.approx(item.score, abs=0.02)

    @invariant()
    def states_are_bounded(self) -> None:
        assert len(self.model.live) <= 1 + 4 * (len(self.raw) + 4)

    def _listed(self, converter: OpenedConverter) -> CandidateList:
        answer = converter.convert(DecodeRequest(1, LeftContext(self.context), self.raw))
        assert answer is not None
        return answer


def test_converter_with_a_past_equals_a_fresh_one(lexicon: Lexicon) -> None:
    Converting.lexicon = lexicon
    bounds = settings(max_examples=8, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(Converting, settings=bounds)


# --- damaged files -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An n-gram of six tokens, and a lexicon."""
    folder = tmp_path_factory.mktemp("small")
    write_lexicon(folder / "lexicon", WORDS)
    (folder / "ngram").mkdir()
    bigrams = (np.arange(6), np.arange(6, dtype=np.uint16), quantise(np.full(6, 0.3)))
    none = (np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint8))
    write_levels(folder / "ngram", np.full(6, 1 / 6), [bigrams] + [none] * (ORDER - 2))
    return folder


@st.composite
def damages(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    kind, place = (
        draw(st.sampled_from(["cut", "change", "insert", "noise"])),
        draw(st.floats(0, 1)),
    )
    noise = draw(st.binary(min_size=1, max_size=300 if kind == "noise" else 4))

    def damage(content: bytes) -> bytes:
        at = min(int(place * len(content)), len(content) - 1)
        match kind:
            case "cut":
                return content[:at]
            case "change":
                return content[:at] + noise + content[at + len(noise) :]
            case "insert":
                return content[:at] + noise + content[at:]
            case _:
                return noise

    return damage


@pytest.mark.filterwarnings("ignore:Reading `.npy`:UserWarning")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(["words.tsv", "by_initials.npy"]), damage=damages())
def test_any_damage_of_the_lexicon_is_an_asset_error_or_none(
    small: Path, tmp_path: Path, name: str, damage: Callable[[bytes], bytes]
) -> None:
    """A changed byte of numpy's header once raised an error of Python's tokenizer."""
    folder = shutil.copytree(small / "lexicon", tmp_path / "copy", dirs_exist_ok=True)
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    with contextlib.suppress(AssetError):
        Lexicon(folder)


@pytest.mark.filterwarnings("ignore:Reading `.npy`:UserWarning")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["unigrams", "tokens2", "alphas2", "children2", "children3", "many2"]),
    damage=damages(),
)
def test_damaged_ngram_is_refused_or_works(
    small: Path, tmp_path: Path, name: str, damage: Callable[[bytes], bytes]
) -> None:
    folder = shutil.copytree(small / "ngram", tmp_path / "copy", dirs_exist_ok=True)
    path = folder / f"{name}-0.npy"
    path.write_bytes(damage(path.read_bytes()))
    with contextlib.suppress(ValueError, OSError):
        ngram = Ngram(folder)
        scorer = NgramScorer(ngram)
        root = scorer.start([1, 2, 3])
        states = scorer.extend(np.full(6, root), np.arange(6))
        assert scorer.probabilities(states).shape == (6, len(ngram.unigrams))
