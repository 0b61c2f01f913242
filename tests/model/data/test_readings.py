from __future__ import annotations

from pathlib import Path

import pytest

from model.data.readings import ReadingTagger, load_standard_readings

STANDARD = load_standard_readings()


def read(tagger: ReadingTagger, text: str) -> str:
    return " ".join(syllable for word in tagger.tag(tagger.words(text)) for syllable in word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("慢慢地走", "man man de zou", id="地 after an adverb is the particle"),
        pytest.param("把地扫了", "ba di sao le", id="地 after one character is the ground"),
        pytest.param("地上有水", "di shang you shui", id="地 inside a word"),
        pytest.param("跑得很快", "pao de hen kuai", id="得 before a complement"),
        pytest.param("他得走了", "ta dei zou le", id="得 after a pronoun is must"),
        pytest.param("你得去", "ni dei qu", id="得 must, before a verb"),
        pytest.param("就得很好", "jiu de hen hao", id="得 after 就 with a complement"),
        pytest.param("得到", "de dao", id="得 inside a word"),
        pytest.param("觉得", "jue de", id="得 in 觉得"),
        pytest.param("长高", "zhang gao", id="长 before growth"),
        pytest.param("他长得很高", "ta zhang de hen gao", id="长 before 得"),
        pytest.param("很长", "hen chang", id="长 alone is long"),
        pytest.param("行长", "hang zhang", id="长 inside a word"),
        pytest.param("他还钱了", "ta huan qian le", id="还 before money"),
        pytest.param("还了书", "hai le shu", id="还 at the head is still"),
        pytest.param("还是", "hai shi", id="还 inside a word"),
        pytest.param("增长率高", "zeng zhang lv gao", id="率 inside a word is the rate"),
        pytest.param("率军", "shuai jun", id="率 at the head is to lead"),
    ],
)
def test_rules_read_characters_that_stand_alone(
    tagger: ReadingTagger, text: str, expected: str
) -> None:
    assert read(tagger, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("曾国藩", "zeng guo fan", id="a name"),
        pytest.param("曾经", "ceng jing", id="曾 elsewhere"),
        pytest.param("曾用名", "ceng yong ming", id="marked as a name, but none"),
        pytest.param("翟志刚", "zhai zhi gang", id="翟"),
        pytest.param("单田芳", "shan tian fang", id="a listed person"),
        pytest.param("单元格", "dan yuan ge", id="单 elsewhere"),
        pytest.param("查良镛", "zha liang yong", id="another listed person"),
        pytest.param("查明", "cha ming", id="a word that is marked as a name"),
        pytest.param("查尔斯", "cha er si", id="a transliteration"),
        pytest.param("朴素", "pu su", id="a word known to pypinyin"),
        pytest.param("盖子", "gai zi", id="盖 elsewhere"),
        pytest.param("任务", "ren wu", id="任"),
    ],
)
def test_surnames_are_read_in_names_alone(
    tagger: ReadingTagger, text: str, expected: str
) -> None:
    assert read(tagger, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("重要重新", "zhong yao chong xin", id="重"),
        pytest.param("银行行走", "yin hang xing zou", id="行"),
        pytest.param("音乐快乐", "yin yue kuai le", id="乐"),
        pytest.param("朝阳朝鲜", "zhao yang chao xian", id="朝"),
        pytest.param("参加人参", "can jia ren shen", id="参"),
        pytest.param("调查调整", "diao cha tiao zheng", id="调"),
        pytest.param("首都都是", "shou du dou shi", id="都"),
        pytest.param("的确目的", "di que mu di", id="的"),
        pytest.param("西藏收藏", "xi zang shou cang", id="藏"),
    ],
)
def test_words_settle_heteronyms(tagger: ReadingTagger, text: str, expected: str) -> None:
    assert read(tagger, text) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["命令行"], "ming ling hang", id="a word that only CC-CEDICT has"),
        pytest.param(["便宜"], "pian yi", id="a word with two entries in CC-CEDICT"),
        pytest.param(["重点"], "zhong dian", id="another one"),
        pytest.param(["粘膜"], "nian mo", id="a word that both tables read in a rarer way"),
        pytest.param(["刘覃之"], "liu qin zhi", id="inside a word without a listed part"),
        pytest.param(["收藏者"], "shou cang zhe", id="with a listed part, that part decides"),
        pytest.param(["覃"], "qin", id="alone"),
        pytest.param(["藏", "薄", "粘"], "cang bao zhan", id="alone they are read otherwise"),
    ],
)
def test_tables_settle_words(tagger: ReadingTagger, words: list[str], expected: str) -> None:
    assert " ".join(syllable for word in tagger.tag(words) for syllable in word) == expected


def test_dictionary_is_not_loaded_into_pypinyin(tagger: ReadingTagger) -> None:
    from pypinyin import lazy_pinyin

    tagger.tag(["命令行"])
    assert lazy_pinyin("命令行") == ["ming", "ling", "xing"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("女儿旅行", "nv er lv xing", id="ü after n and l is v"),
        pytest.param("略微虐待", "lve wei nve dai", id="üe after n and l is ve"),
        pytest.param("去学", "qu xue", id="ü after j q x y is u"),
        pytest.param("嗯哦谁", "en o shei", id="what people type"),
    ],
)
def test_spelling_is_what_is_typed(tagger: ReadingTagger, text: str, expected: str) -> None:
    assert read(tagger, text) == expected


def test_every_tag_of_a_standard_character_is_listed(tagger: ReadingTagger) -> None:
    text = "".join(STANDARD)
    tags = [tagger.tag([char])[0][0] for char in text]
    particles = {("得", "dei"), ("嗯", "en"), ("哦", "o")}
    wrong = {
        (char, tag)
        for char, tag in zip(text, tags, strict=True)
        if tag not in STANDARD[char] and (char, tag) not in particles
    }
    assert not wrong


def test_word_is_read_once(tagger: ReadingTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    tagger.tag(["银行"])
    monkeypatch.setattr(tagger, "_pinyin", lambda *_args, **_kwargs: pytest.fail("read again"))
    assert tagger.tag(["银行"]) == [("yin", "hang")]


def test_unknown_character_has_an_empty_reading(tagger: ReadingTagger) -> None:
    assert tagger.tag(["\U0002ffff"]) == [("",)]


def test_standard_readings_are_those_of_the_table() -> None:
    assert len(STANDARD) == 8105
    assert {"zhong", "chong"} <= set(STANDARD["重"])
    syllables = {syllable for found in STANDARD.values() for syllable in found}
    assert all(syllable.isascii() and syllable.isalpha() for syllable in syllables)
    assert {"nv", "lve"} <= syllables


def test_standard_readings_can_be_read_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "table.tsv").write_text("行\txing hang\n", encoding="utf-8")
    assert load_standard_readings(tmp_path / "table.tsv") == {"行": ("xing", "hang")}
