"""A text is laid against letters with the scores that the search would give it."""

from __future__ import annotations

import pytest

from ime.convert.alignment import Aligner
from ime.convert.score.edge_tokens import MISREADING
from ime.convert.score.formula import Score
from ime.convert.search import BeamSearch, SearchOptions
from ime.pinyin.graph import GraphOptions, Segmenter
from ime.pinyin.inventory import SYLLABLES
from ime.ports import LanguageModel
from ime.values import LeftContext
from tests.tiny_model import COUNTS, TinyModel, nats


@pytest.fixture
def model() -> TinyModel:
    return TinyModel()


@pytest.fixture
def aligner(model: TinyModel) -> Aligner:
    port: LanguageModel = model
    return Aligner(Score(port), Segmenter(GraphOptions()))


def test_align_sums_the_steps_of_the_model(aligner: Aligner, model: TinyModel) -> None:
    found = aligner.align(LeftContext("不"), "zaijian", "再见")
    assert found is not None
    assert found.spans == ((0, 3), (3, 7))
    assert found.syllables == ("zai", "jian")
    assert found.misread == ()
    assert found.score == pytest.approx(nats(model, "不", [("再", "zai"), ("见", "jian")]))


def test_align_reads_the_context(aligner: Aligner) -> None:
    with_it = aligner.align(LeftContext("不"), "zai", "再")
    without = aligner.align(LeftContext(), "zai", "再")
    assert with_it is not None
    assert without is not None
    assert with_it.score > without.score + 1


@pytest.mark.parametrize(
    ("raw", "text", "spans"),
    [
        pytest.param("xian", "先", ((0, 4),), id="one-syllable"),
        pytest.param("xian", "西安", ((0, 2), (2, 4)), id="two-syllables"),
        pytest.param("xi'an", "西安", ((0, 2), (2, 5)), id="delimiter"),
        pytest.param("xa", "西安", ((0, 1), (1, 2)), id="initials"),
        pytest.param("xian" * 8, "先西安" * 4, None, id="many-ways"),
    ],
)
def test_align_cuts_the_letters_as_the_text_wants(
    aligner: Aligner, raw: str, text: str, spans: tuple[tuple[int, int], ...] | None
) -> None:
    found = aligner.align(LeftContext(), raw, text)
    assert found is not None
    assert len(found.spans) == len(text)
    assert spans is None or found.spans == spans
    assert (found.spans[0][0], found.spans[-1][1]) == (0, len(raw))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("zaijian", "先见", id="other-sound"),
        pytest.param("zaijian", "再", id="letters-left-over"),
        pytest.param("zai", "再见", id="letters-missing"),
        pytest.param("zai", "朕", id="character-not-in-the-model"),
        pytest.param("", "再", id="no-letters"),
        pytest.param("zai", "", id="no-text"),
        pytest.param("zai1", "再", id="no-pinyin"),
    ],
)
def test_align_of_what_cannot_be_is_none(aligner: Aligner, raw: str, text: str) -> None:
    assert aligner.align(LeftContext(), raw, text) is None


def test_align_names_characters_typed_by_a_reading_that_the_model_lacks() -> None:
    model = TinyModel(
        {("乐", "le"): 300, ("月", "yue"): 400, ("乐", "yue"): 3, ("音", "yin"): 9}
    )
    found = Aligner(Score(model), Segmenter(GraphOptions())).align(
        LeftContext(), "yinyue", "音乐"
    )
    assert found is not None
    # Both readings are there: the right one is rare, but a detour costs more.
    assert (found.syllables, found.misread) == (("yin", "yue"), ())
    model = TinyModel(
        {("乐", "le"): 90_000, ("月", "yue"): 400, ("乐", "yue"): 1, ("音", "yin"): 9}
    )
    found = Aligner(Score(model), Segmenter(GraphOptions())).align(
        LeftContext(), "yinyue", "音乐"
    )
    assert found is not None
    assert (found.syllables, found.misread) == (("yin", "le"), (1,))
    expected = nats(model, "", [("音", "yin"), ("乐", "le")]) + MISREADING
    assert found.score == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("context", ["", "不"])
@pytest.mark.parametrize("raw", ["zaij", "xianz", "xianzjian", "yinh", "xi'anz", "z"])
def test_align_scores_texts_as_the_search_does(raw: str, context: str) -> None:
    # Of letters that spell no text in full: else such texts go first.
    # The search wants a token for every syllable that letters may spell.
    counts = COUNTS | {("口", syllable): 1 for syllable in SYLLABLES}
    segmenter = Segmenter(GraphOptions())
    search = BeamSearch(
        Score(TinyModel(counts)), segmenter, SearchOptions(beam=100, margin=1000.0)
    )
    left = LeftContext(context)
    assert search.run(left, raw)
    model = TinyModel(counts)
    best: dict[str, float] = {}
    for path in search.paths(len(raw), 100):
        text = "".join(model.tokens.texts[token] for token in path.tokens)
        best.setdefault(text, path.score)
    assert len(best) > 1
    aligner = Aligner(Score(model), segmenter)
    for text, score in list(best.items())[:20]:
        found = aligner.align(left, raw, text)
        assert found is not None
        assert found.score == pytest.approx(score, abs=1e-4)


def test_align_asks_the_model_once_a_character(model: TinyModel, aligner: Aligner) -> None:
    assert aligner.align(LeftContext(), "xianxian", "先西安") is not None
    assert len(model.batches) == 2
