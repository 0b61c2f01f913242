"""Symbols by their names, characters by their looks, hints beside what was typed otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ime.backend.opening import open_by_settings
from ime.backend.options import converter_options
from ime.decode.opening import OpenedConverter
from ime.session.rewriters import literal_list
from ime.settings import ModelSettings, Settings, TypingSettings
from ime.values import Candidate, Commit, DecodeRequest, How, LeftContext, Selection, Source

SETTINGS = Settings(model=ModelSettings(tier="ngram"))


@pytest.fixture(scope="module")
def opened() -> OpenedConverter:
    return open_by_settings(SETTINGS)


def listed(
    opened: OpenedConverter, raw: str, settings: Settings = SETTINGS
) -> tuple[Candidate, ...]:
    opened.set_options(converter_options(settings))
    found = opened.convert(DecodeRequest(0, LeftContext(), raw))
    assert found is not None
    return found.items


def texts(items: tuple[Candidate, ...]) -> list[str]:
    return [item.text for item in items]


# --- strokes behind letters -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "first", "gone"),
    [
        ("shi`h", "十", "是"), ("shi`hs", "十", "石"), ("xi`p", "希", "西"),
        ("li`hsp", "李", "里"), ("yi`zz", "驿", "一"), ("shi'shi`h", "世事", "实时"),
        ("zhongguo`s", "中国", "种过"), ("nihao`z", "你好", ""), ("x`h", "想", "小"),
    ],
)  # fmt: skip
def test_strokes_narrow_down_what_letters_give(
    opened: OpenedConverter, raw: str, first: str, gone: str
) -> None:
    items = listed(opened, raw)
    assert items[0].text == first
    assert items[0].end == len(raw)
    assert len(items[0].syllables) == len(first)
    assert gone not in texts(items[:9])


@pytest.mark.parametrize("raw", ["bier`gaici", "xi`an", "shi`", "`hs", "shi`hx"])
def test_letters_that_are_no_strokes_are_the_rest_of_a_name(
    opened: OpenedConverter, raw: str
) -> None:
    plain = {item.text for item in listed(opened, raw) if "·" in item.text}
    assert plain or raw in ("shi`", "`hs")


def test_strokes_that_nothing_has_leave_the_list_alone(opened: OpenedConverter) -> None:
    assert listed(opened, "yi`" + "z" * 20)


def test_strokes_narrow_down_codes_of_shuangpin(opened: OpenedConverter) -> None:
    flypy = Settings(typing=TypingSettings(scheme="flypy"), model=ModelSettings(tier="ngram"))
    items = listed(opened, "ui`hs", flypy)
    assert items[0].text == "十"
    assert items[0].end == 5


# --- symbols ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "word", "symbol"),
    [
        ("xiaolian", "笑脸", "😀"), ("pijiu", "啤酒", "🍺"), ("sheshidu", "摄氏度", "℃"),
        ("pingfangmi", "平方米", "㎡"), ("aerfa", "阿尔法", "α"), ("genhao", "根号", "√"),
        ("budengyu", "不等于", "≠"),
        ("daku", "大哭", "(╥﹏╥)"), ("wunai", "无奈", "¯\\_(ツ)_/¯"),
    ],
)  # fmt: skip
def test_symbols_stand_on_the_first_page_behind_words(
    opened: OpenedConverter, raw: str, word: str, symbol: str
) -> None:
    page = texts(listed(opened, raw))[:5]
    assert word in page[:3]
    assert symbol in page[3:]


@pytest.mark.parametrize(
    ("raw", "most"), [("chengxuyuan", 1), ("shipin", 1), ("zaijian", 2), ("daku", 2)]
)
def test_one_symbol_a_kind_takes_a_place_of_the_first_page(
    opened: OpenedConverter, raw: str, most: int
) -> None:
    page = listed(opened, raw)[:5]
    assert sum(item.source is Source.REWRITE for item in page) == most


def test_symbols_can_be_switched_off(opened: OpenedConverter) -> None:
    off = with_typing(TypingSettings(symbols=False))
    assert "😀" not in texts(listed(opened, "xiaolian", off))
    assert "😀" in texts(listed(opened, "xiaolian"))


def with_typing(typing: TypingSettings) -> Settings:
    return Settings(model=ModelSettings(tier="ngram"), typing=typing)


def test_a_symbol_says_its_name(opened: OpenedConverter) -> None:
    smile = next(item for item in listed(opened, "xiaolian") if item.text == "😀")
    assert (smile.comment, smile.source, smile.syllables) == ("笑脸", Source.REWRITE, ())


@pytest.mark.parametrize(
    ("raw", "symbol"), [("v1", "※"), ("v2", "①"), ("v3", "≠"), ("v9", "Orz")]
)
def test_pages_of_symbols(raw: str, symbol: str) -> None:
    assert symbol in texts(literal_list(0, raw).items)


# --- characters by their looks ------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("umumu", "林"),
        ("uniuniuniu", "犇"),
        ("uhspn", "木"),
        ("ubuyao", "嫑"),
        ("uriyue", "明"),
    ],
)
def test_characters_by_looks_stand_first(
    opened: OpenedConverter, raw: str, wanted: str
) -> None:
    items = listed(opened, raw)
    found = next(item for item in items[:5] if item.text == wanted)
    assert found.end == len(raw)
    assert found.comment


def test_u_alone_and_other_letters_are_no_looks(opened: OpenedConverter) -> None:
    assert all(item.source is not Source.REWRITE for item in listed(opened, "u"))
    assert listed(opened, "mumu")[0].text != "林"


@pytest.mark.parametrize(
    ("raw", "wanted"), [("u4e2d", "中"), ("u62fc", "拼"), ("u01f600", "😀"), ("u92C6", "鋆")]
)
def test_characters_by_code_point(raw: str, wanted: str) -> None:
    assert texts(literal_list(0, raw).items) == [wanted, raw]


@pytest.mark.parametrize("raw", ["u0", "u0a", "u0d800", "u110000", "u200b", "u4e2d4e2d"])
def test_code_points_without_a_character(raw: str) -> None:
    assert texts(literal_list(0, raw).items) == [raw]


# --- characters beyond the network's vocabulary -----------------------------------------------


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("yun", "鋆"), ("yao", "繇"), ("zhou", "繇"),
        ("qiang", "将"), ("zuo", "咗"), ("ruo", "渃"),
        ("hong", "汯"), ("pie", "丿"), ("fu", "巿"), ("bao", "嫑"),
    ],
)  # fmt: skip
def test_every_reading_leads_to_its_character(
    opened: OpenedConverter, raw: str, wanted: str
) -> None:
    found = [item for item in listed(opened, raw) if item.text == wanted]
    assert [item.end for item in found] == [len(raw)]


def test_the_large_set_can_be_switched_off(opened: OpenedConverter) -> None:
    small = with_typing(TypingSettings(large_set=False))
    assert "嫑" in texts(listed(opened, "bao"))
    assert "嫑" not in texts(listed(opened, "bao", small))
    assert "将" in texts(listed(opened, "qiang", small))


def test_rare_characters_stand_behind_all_others_and_say_their_sound(
    opened: OpenedConverter,
) -> None:
    items = [item for item in listed(opened, "zuo") if item.source is Source.CHARACTER]
    place = texts(tuple(items)).index("咗")
    assert items[place].comment == "zuo"
    assert texts(tuple(items)).index("柞") < place


def test_a_rare_character_can_be_learned(opened: OpenedConverter) -> None:
    selection = Selection(
        LeftContext(), "ruo", ("ruo",), ("若", "弱"), "渃", 90, How.DIGIT, (-8.0, -9.0)
    )
    opened.learn(Commit(1, "渃", ("ruo",), (selection,)))
    assert "渃" in texts(listed(opened, "ruo"))
    fixed = with_typing(TypingSettings(fixed_order=True))
    assert "渃" in texts(listed(opened, "ruo", fixed))
    opened.retract(1)


# --- hints ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "character", "sound"),
    [("jie", "尬", "gà"), ("jian", "尴", "gān"), ("xue", "血", "")],
)
def test_what_is_typed_by_another_sound_says_its_own(
    opened: OpenedConverter, raw: str, character: str, sound: str
) -> None:
    """Only where the sound that was typed is none of its own."""
    items = opened.convert(DecodeRequest(0, LeftContext(), raw))
    assert items is not None
    found = replace(items, items=tuple(i for i in items.items if i.text == character))
    assert [item.comment.startswith(sound) for item in found.items[:1]] == [True]


def test_abbreviations_say_what_they_stand_for(opened: OpenedConverter) -> None:
    found = next(item for item in listed(opened, "yyds") if item.text == "yyds")
    assert found.comment == "永远的神"


@pytest.mark.parametrize("raw", ["un", "uh", "us", "umumu", "urenren", "upp"])
def test_a_character_by_looks_is_listed_once(opened: OpenedConverter, raw: str) -> None:
    found = texts(listed(opened, raw))
    assert len(set(found)) == len(found)
