"""The shipped n-gram and lexicon at work: what a user would notice first if it broke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from string import ascii_lowercase

import pytest

from ime.backend.opening import open_by_settings
from ime.backend.options import BEAM
from ime.decode.opening import OpenedConverter
from ime.ports import FloatArray, IntArray, LanguageModel, TokenTable
from ime.session.runner import SyncRunner
from ime.session.state import MAX_LETTERS
from ime.settings import ModelSettings, Settings, TypingSettings
from ime.values import (
    CandidateList,
    Commit,
    DecodeRequest,
    How,
    LeftContext,
    Mark,
    MarkKind,
    Selection,
)

ASSETS = Path(__file__).parents[2] / "assets"


class CountingModel:
    """Passes everything on, and counts decode steps and their rows."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.rows: list[int] = []
        self.live: set[int] = set()

    @property
    def tokens(self) -> TokenTable:
        return self._model.tokens

    def encode(self, context: LeftContext) -> list[int]:
        return self._model.encode(context)

    def start(self, context: LeftContext) -> int:
        root = self._model.start(context)
        self.live = {root}
        return root

    def extend(self, parents: IntArray, tokens: IntArray) -> IntArray:
        self.rows.append(len(tokens))
        states = self._model.extend(parents, tokens)
        self.live |= set(states.tolist())
        return states

    def log_probs(self, states: IntArray) -> FloatArray:
        return self._model.log_probs(states)

    def best_sequels(self, groups: IntArray) -> FloatArray:
        return self._model.best_sequels(groups)

    def endings(self, histories: Sequence[Sequence[int]]) -> FloatArray:
        return self._model.endings(histories)

    def release(self, states: IntArray) -> None:
        self.live -= set(states.tolist())
        self._model.release(states)


@pytest.fixture(scope="module")
def opened() -> OpenedConverter:
    """Opened once; its model is counted."""
    converter = open_by_settings(Settings(model=ModelSettings(tier="ngram")))
    score = converter.score
    score._model = score._serving = CountingModel(score._model)
    return converter


@pytest.fixture
def converter(opened: OpenedConverter) -> OpenedConverter:
    """Standing before an empty line. Who teaches it must retract."""
    opened.prepare(LeftContext())
    counting(opened).rows.clear()
    return opened


def counting(converter: OpenedConverter) -> CountingModel:
    model = converter.score._model
    assert isinstance(model, CountingModel)
    return model


def listed(converter: OpenedConverter, raw: str, context: str = "") -> CandidateList:
    answer = converter.convert(DecodeRequest(1, LeftContext(context), raw))
    assert answer is not None
    return answer


def texts(converter: OpenedConverter, raw: str, context: str = "") -> list[str]:
    return [item.text for item in listed(converter, raw, context).items]


# --- what comes first ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        ("woaizuguotiananmen", "我爱祖国天安门"),
        ("nihaoshijie", "你好世界"),
        ("nihao", "你好"),
        ("zhongguo", "中国"),
        ("xi'an", "西安"),
        ("lvse", "绿色"),
        ("lvyou", "旅游"),
        ("yinhang", "银行"),
        ("zhege", "这个"),
        ("zheige", "这个"),
        ("chongxinkaishi", "重新开始"),
        ("zhongguorenmin", "中国人民"),
        ("jintiantianqihenhao", "今天天气很好"),
        ("womenqunalichifan", "我们去哪里吃饭"),
    ],
)
def test_common_input_has_its_text_first(
    converter: OpenedConverter, raw: str, first: str
) -> None:
    assert texts(converter, raw)[0] == first


@pytest.mark.parametrize(
    ("raw", "context", "first"),
    [
        ("shishi", "这是一个不争的", "事实"),
        ("shishi", "政策从明年开始", "实施"),
        ("shishi", "你可以", "试试"),
        ("yijian", "我有几点", "意见"),
        ("yijian", "他身上穿着", "一件"),
        ("gongshi", "双方达成", "共识"),
        ("gongshi", "请写出这道题的计算", "公式"),
        ("zhidao", "我不", "知道"),
        ("zhidao", "感谢您的", "指导"),
        ("yiyi", "这件事很有", "意义"),
        ("yiyi", "对判决提出", "异议"),
        ("shouji", "我的", "手机"),
        ("shouji", "四处", "收集"),
        ("xingshi", "当前的", "形势"),
        ("xingshi", "艺术", "形式"),
        ("taoqi", "这孩子很", "淘气"),
        ("taoqi", "他做的", "陶器"),
        ("de", "跑", "得"),
        ("de", "我", "的"),
        ("ta", "妈妈说", "她"),
        ("ta", "小狗，", "它"),
    ],
)
def test_left_context_decides(
    converter: OpenedConverter, raw: str, context: str, first: str
) -> None:
    assert texts(converter, raw, context)[0] == first


@pytest.mark.parametrize("raw", ["srf", "sruf", "shrfa", "shurf", "srufa", "shurufa"])
def test_word_is_on_the_first_page_however_it_is_cut_short(
    converter: OpenedConverter, raw: str
) -> None:
    assert "输入法" in texts(converter, raw)[:5]


@pytest.mark.parametrize(
    ("raw", "word"),
    [("zgr", "中国人"), ("bj", "北京"), ("zhm", "这么"), ("zhongg", "中国"), ("wom", "我们")],
)
def test_abbreviation_finds_its_word(converter: OpenedConverter, raw: str, word: str) -> None:
    assert word in texts(converter, raw)[:5]


@pytest.mark.parametrize("raw", ["shi", "shishi", "shijian", "shihou", "shijie"])
def test_every_character_of_the_first_syllable_can_be_reached(
    converter: OpenedConverter, raw: str
) -> None:
    tokens = counting(converter).tokens
    wanted = {tokens.texts[token] for token in tokens.by_syllable["shi"].tolist()}
    ends = {item.text: item.end for item in listed(converter, raw).items}
    assert len(wanted) > 60
    assert {text for text in wanted if ends.get(text) != 3} == set()


@pytest.mark.parametrize("syllables", [("shi", "shi"), ("yi", "shi"), ("ji", "shi")])
def test_every_word_of_a_reading_can_be_reached(
    converter: OpenedConverter, syllables: tuple[str, str]
) -> None:
    words = {word.text for word in converter._builder._lexicon.words_of(syllables)}
    assert len(words) > 10
    assert words <= set(texts(converter, "".join(syllables)))
    assert words <= set(texts(converter, "".join(syllables) + "haoren"))


def test_candidates_never_vanish_inside_a_syllable(converter: OpenedConverter) -> None:
    raw = "woxiangzhuangxiuzhuangtaishuanglianghuanjing"
    for end in range(1, len(raw) + 1):
        found = listed(converter, raw[:end])
        assert found.items
        assert found.items[0].end == end


@pytest.mark.parametrize("raw", ["xian", "fangan", "jiaou", "zhuna", "tanan", "xiangon"])
def test_typing_letter_by_letter_equals_pasting(converter: OpenedConverter, raw: str) -> None:
    for end in range(1, len(raw) + 1):
        typed = listed(converter, raw[:end], "我在")
    converter.prepare(LeftContext())
    pasted = listed(converter, raw, "我在")
    assert typed == pasted


# --- learning ------------------------------------------------------------------------------


def test_words_that_follow_each_other_decide(converter: OpenedConverter) -> None:
    """Without pairs of words the n-gram alone ends in 页图."""
    assert texts(converter, "lierenzaixuedilizhuizongyetu")[0] == "猎人在雪地里追踪野兔"


def test_name_of_a_friend_is_learned_at_once_and_unlearned(converter: OpenedConverter) -> None:
    name, syllables = "章纬蔷", ("zhang", "wei", "qiang")
    raw = "".join(syllables)
    before = texts(converter, raw)
    assert name not in before
    context, offered, choices = LeftContext(), tuple(before[:1]), []
    for char, syllable in zip(name, syllables, strict=True):  # found one by one
        choices.append(Selection(context, raw, (syllable,), offered, char, 40, How.DIGIT))
        context, offered = context.append(char, (syllable,)), (offered[0][1:],)
    converter.learn(Commit(1, name, syllables, tuple(choices)))
    assert texts(converter, raw)[0] == name
    assert name in texts(converter, raw + "shihaoren")
    converter.retract(1)
    assert texts(converter, raw) == before


def test_one_slip_does_not_outrank_what_the_model_is_sure_of(
    converter: OpenedConverter,
) -> None:
    first = ("你好", "你号")
    chosen = Selection(LeftContext(), "nihao", ("ni", "hao"), first, "拟好", 9, How.DIGIT)
    converter.learn(Commit(1, "拟好", ("ni", "hao"), (chosen,)))
    assert texts(converter, "nihao")[0] == "你好"
    assert texts(converter, "nihaoshijie")[0] == "你好世界"
    converter.retract(1)


NAME, NAME_READING = "林昕玥", ("lin", "xin", "yue")


@pytest.fixture
def clean(converter: OpenedConverter) -> Iterator[OpenedConverter]:
    """What the first few commits teach is taken back."""
    yield converter
    for number in range(10):
        converter.retract(number)


def choose(
    converter: OpenedConverter, number: int, text: str, reading: tuple[str, ...]
) -> None:
    """A name chosen character by character, the way it is entered for the first time."""
    context = LeftContext()
    choices: list[Selection] = []
    offered = texts(converter, "".join(reading))[:1]
    for char, syllable in zip(text, reading, strict=True):
        raw = "".join(reading[len(choices) :])
        chosen = Selection(context, raw, (syllable,), tuple(offered), char, 40, How.DIGIT)
        choices.append(chosen)
        context, offered = context.append(char, (syllable,)), [offered[0][1:]]
    converter.learn(Commit(number, text, reading, tuple(choices)))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param("linxinyueshuojintianbulaile", "林昕玥说今天不来了", id="beginning"),
        pytest.param("mingtianranglinxinyuelaikaihui", "明天让林昕玥来开会", id="middle"),
        pytest.param("zuotianwanshangpengdaolinxinyue", "昨天晚上碰到林昕玥", id="end"),
        pytest.param("ranglxyshuo", "让林昕玥说", id="initials"),
        pytest.param("mingtianranglinxniyuelaikaihui", "明天让林昕玥来开会", id="slip"),
        pytest.param("linxinyuehezhaoyixuan", "林昕玥和赵奕煊", id="two names"),
    ],
)
def test_name_that_was_chosen_is_known_inside_sentences(
    clean: OpenedConverter, raw: str, sentence: str
) -> None:
    before = texts(clean, raw)
    assert before[0] != sentence
    choose(clean, 1, NAME, NAME_READING)
    choose(clean, 2, "赵奕煊", ("zhao", "yi", "xuan"))
    assert texts(clean, raw)[0] == sentence
    for number in (1, 2):
        clean.retract(number)
    assert texts(clean, raw) == before


def test_name_does_not_hide_what_is_read_alike(clean: OpenedConverter) -> None:
    before = texts(clean, "linxinyue")
    choose(clean, 1, NAME, NAME_READING)
    assert before[0] in texts(clean, "linxinyue")[:10]


def test_forgotten_name_is_gone_inside_sentences_too(clean: OpenedConverter) -> None:
    raw = "mingtianranglinxinyuelaikaihui"
    before = texts(clean, raw)[0]
    for number in range(1, 4):
        choose(clean, number, NAME, NAME_READING)
    assert NAME in texts(clean, raw)[0]
    clean.mark(Mark(MarkKind.FORGOTTEN, "linxinyue", NAME_READING, NAME))
    assert texts(clean, raw)[0] == before


def test_homophone_keeps_its_context_when_the_other_is_used(clean: OpenedConverter) -> None:
    """公式 is taken five times as it stands first; 攻势 is still first behind its own text."""
    lesson, battle = "数学课上老师讲解了", "敌军发动了猛烈的"
    first = listed(clean, "gongshi", lesson).items[0].text
    other = listed(clean, "gongshi", battle).items[0].text
    assert first != other
    for number in range(1, 6):
        items = listed(clean, "gongshi", lesson).items
        offered = tuple(item.text for item in items[:5])
        scores = tuple(item.score - item.own for item in items[:5])
        context, reading = LeftContext(lesson), ("gong", "shi")
        chosen = Selection(context, "gongshi", reading, offered, first, 0, How.SPACE, scores)
        clean.learn(Commit(number, first, reading, (chosen,)))
    assert listed(clean, "gongshi", battle).items[0].text == other


# --- bounds --------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ascii_lowercase)
def test_held_key_costs_one_small_step_a_letter(
    converter: OpenedConverter, letter: str
) -> None:
    """In steps and rows, not in seconds: those are for the bench."""
    model = counting(converter)
    for end in range(1, MAX_LETTERS + 1):
        before = len(model.rows)
        found = listed(converter, letter * end)
        assert len(model.rows) - before <= 1
        assert len(found.items) <= 1000
    assert max(model.rows, default=0) <= 3 * BEAM
    assert len(model.live) <= 1 + MAX_LETTERS * BEAM
    before = len(model.rows)
    for end in range(MAX_LETTERS - 1, 0, -1):
        listed(converter, letter * end)
    assert len(model.rows) == before
    assert len(model.live) <= 1 + BEAM


@pytest.mark.parametrize(
    "raw",
    ["zhegeshijieshangmeiyoushenmeshibukenengde", "zgrmzgrmzgrmzgrm", "xianxianxianxian"],
)
def test_sentence_costs_one_small_step_a_letter(converter: OpenedConverter, raw: str) -> None:
    model = counting(converter)
    for end in range(1, len(raw) + 1):
        before = len(model.rows)
        listed(converter, raw[:end])
        assert len(model.rows) - before <= 1
    assert max(model.rows) <= 3 * BEAM


def test_more_letters_than_fit_go_through_the_session_as_hanzi(
    converter: OpenedConverter,
) -> None:
    runner = SyncRunner(converter)
    runner.reset()
    for letter in "woaizuguotiananmen" * 20:
        runner.type(letter)
        assert len(runner.state.composition.raw) <= MAX_LETTERS
    runner.press("Space")
    assert runner.committed == "我爱祖国天安门" * 20


def test_more_letters_than_a_session_holds_are_converted(converter: OpenedConverter) -> None:
    """The session never asks for so many; a program that uses the converter may."""
    raw = "nihaoshijie" * 20
    found = listed(converter, raw)
    assert found.items[0].end == len(raw)
    assert len(found.items) <= 1000


@pytest.mark.parametrize(
    "context",
    [
        pytest.param("😀", id="emoji"),
        pytest.param("\0", id="NUL"),
        pytest.param("我\0不", id="NUL between hanzi"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param("\udc00\ud800我不", id="surrogates in the wrong order"),
        pytest.param("\u202e", id="right to left"),
        pytest.param("𠮷", id="rare hanzi"),
        pytest.param("a" * 10_000, id="long word"),
        pytest.param("我不" * 5_000, id="long text"),
    ],
)
def test_any_text_may_stand_left_of_the_caret(converter: OpenedConverter, context: str) -> None:
    found = texts(converter, "zhidao", context)
    assert {"知道", "指导"} <= set(found[:5])
    assert texts(converter, "zhidao", context + "我不")[0] == "知道"


# --- places known by heart -------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_heart() -> OpenedConverter:
    settings = Settings(
        model=ModelSettings(tier="ngram"), typing=TypingSettings(fixed_order=True)
    )
    return open_by_settings(settings)


@pytest.mark.parametrize("raw", ["gongshi", "shi", "nihao", "shijian", "zhongguoren", "xian"])
def test_only_the_first_candidate_follows_the_context(
    by_heart: OpenedConverter, raw: str
) -> None:
    contexts = ("", "数学课上老师讲解了", "敌军发动了猛烈的", "我在西安的")
    lists = [listed(by_heart, raw, context).items for context in contexts]
    firsts = {items[0].text for items in lists}
    orders = {
        tuple(c.text for c in items if "".join(c.syllables) == raw and c.text not in firsts)
        for items in lists
    }
    assert len(orders) == 1


def test_order_by_heart_reaches_every_character(
    by_heart: OpenedConverter, converter: OpenedConverter
) -> None:
    every = {item.text for item in listed(converter, "shi").items if len(item.text) == 1}
    assert {item.text for item in listed(by_heart, "shi").items} >= every
