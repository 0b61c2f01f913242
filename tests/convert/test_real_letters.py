"""Letters among pinyin with the shipped n-gram, through the same session as the window's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ime.backend.opening import open_by_settings
from ime.backend.options import session_options
from ime.session.rewriters import rewrite
from ime.session.runner import SyncRunner
from ime.settings import ModelSettings, Settings, TypingSettings
from ime.values import LeftContext

ASSETS = Path(__file__).parents[2] / "assets"
NOW = datetime(2026, 11, 22, 9, 30).astimezone()


def runner_of(scheme: str) -> SyncRunner:
    settings = Settings(typing=TypingSettings(scheme=scheme), model=ModelSettings(tier="ngram"))
    converter = open_by_settings(settings)
    return SyncRunner(converter, session_options(settings), lambda found: rewrite(found, NOW))


@pytest.fixture(scope="module")
def pinyin() -> SyncRunner:
    return runner_of("full")


@pytest.fixture(scope="module")
def flypy() -> SyncRunner:
    return runner_of("flypy")


def page(runner: SyncRunner, keys: str, context: str = "") -> list[str]:
    runner.reset(LeftContext(context))
    runner.type(keys)
    assert runner.committed == ""
    assert runner.state.page is not None
    return [item.text for item in runner.state.page.items]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("woxuyaoheAIliaoyixia", "我需要和AI聊一下"),
        ("woyongPython", "我用Python"),
        ("wodeiPhone", "我的iPhone"),
        ("wode'iPhone", "我的iPhone"),
        ("woyongGPT-4xiezuowen", "我用GPT-4写作文"),
        ("woyongFastAPIxiehoutai", "我用FastAPI写后台"),
        ("zheshiAPIwendang", "这是API文档"),
        ("Hellozhongguo", "Hello中国"),
        ("C++chengxu", "C++程序"),
        ("R&Dbumen", "R&D部门"),
        ("A4zhi", "A4纸"),
        ("Kge", "K歌"),
        ("yonggittijiaodaima", "用git提交代码"),
        ("zhegebughennanxiu", "这个bug很难修"),
        ("fageemailgeiwo", "发个email给我"),
        ("dakaiexcel", "打开Excel"),
    ],
)
def test_letters_among_pinyin_come_first(pinyin: SyncRunner, keys: str, wanted: str) -> None:
    assert page(pinyin, keys)[0] == wanted


@pytest.mark.parametrize("keys", ["woquKTVla", "womenquKTVba", "zheshiCEOshuode"])
def test_letters_that_were_typed_stand_second(pinyin: SyncRunner, keys: str) -> None:
    found = page(pinyin, keys)
    assert not found[0].isascii()
    assert found[1] == keys


@pytest.mark.parametrize(
    "keys",
    [
        *("F4", "MP3", "CH340C", "COVID19", "iPhone15", "GPT-4", "D2C3", "H2O", "pH7"),
        *("RTX4090", "Wi-Fi", "USB-C", "Node.js", "Python3.11", "Linux", "openSUSE", "macOS"),
        *("Nihao", "LaTeX", "iPhone15Pro", "C++", "R&D", "Vue3"),
    ],
)
def test_names_stay_as_typed(pinyin: SyncRunner, keys: str) -> None:
    assert page(pinyin, keys)[0] == keys


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        *(("cpan", "C盘"), ("txu", "T恤"), ("bzhan", "B站"), ("icka", "IC卡"), ("kge", "K歌")),
        *(("vzhan", "V站"), ("qqhao", "QQ号"), ("xguangpian", "X光片"), ("kalaok", "卡拉OK")),
        *(("upan", "U盘"), ("agu", "A股"), ("simka", "SIM卡"), ("weishengsuc", "维生素C")),
    ],
)
def test_words_of_letters_and_hanzi_stand_on_top(
    pinyin: SyncRunner, keys: str, wanted: str
) -> None:
    assert wanted in page(pinyin, keys)[:2]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        *(("cpj", "C盘"), ("txu", "T恤"), ("bvj", "B站"), ("qqhc", "QQ号"), ("kge", "K歌")),
        *(("upj", "U盘"), ("icka", "IC卡"), ("xgl", "X光"), ("agu", "A股")),
    ],
)
def test_words_of_letters_and_hanzi_in_shuangpin(
    flypy: SyncRunner, keys: str, wanted: str
) -> None:
    assert wanted in page(flypy, keys)[:3]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        *(("woquKTVla", "KTV"), ("A4vi", "A4纸"), ("Python", "Python")),
        *(("eg", "嗯"), ("gxfc", "恭喜发财")),
    ],
)
def test_letters_and_initials_in_shuangpin(flypy: SyncRunner, keys: str, wanted: str) -> None:
    assert wanted in page(flypy, keys)[0]


@pytest.mark.parametrize(
    "keys",
    [
        *("hello", "wifi", "app", "git", "word", "email", "key", "bus", "bug", "office"),
        *("windows", "linux", "python", "github", "excel", "iphone", "google", "ok", "vip"),
        *("women", "game", "panda", "kubectl", "nginx", "offer", "team", "online", "yyds"),
    ],
)
def test_english_words_are_on_the_first_page(pinyin: SyncRunner, keys: str) -> None:
    assert keys in page(pinyin, keys)


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [("key", "可以"), ("bus", "不是"), ("women", "我们"), ("nan", "男"), ("wo", "我")],
)
def test_common_hanzi_words_stay_first(pinyin: SyncRunner, keys: str, wanted: str) -> None:
    assert page(pinyin, keys)[0] == wanted


@pytest.mark.parametrize(
    ("number", "keys", "wanted"),
    [
        *(("5", "kg", "kg"), ("10", "cm", "cm"), ("100", "mb", "MB"), ("60", "fps", "fps")),
        *(("3", "km", "km"), ("２", "gb", "GB"), ("220", "kwh", "kWh"), ("1.5", "mm", "mm")),
    ],
)
def test_units_stand_first_behind_a_digit(
    pinyin: SyncRunner, number: str, keys: str, wanted: str
) -> None:
    assert page(pinyin, keys, number)[0] == wanted


@pytest.mark.parametrize(("keys", "first"), [("g", "个"), ("s", "岁"), ("t", "天")])
def test_initials_come_before_units_of_one_letter(
    pinyin: SyncRunner, keys: str, first: str
) -> None:
    found = page(pinyin, keys, "5")
    assert found[0] == first
    assert keys in found


def test_chinese_names_of_units_stand_beside_them(pinyin: SyncRunner) -> None:
    assert page(pinyin, "kg", "5")[:3] == ["kg", "公斤", "千克"]


@pytest.mark.parametrize(
    ("keys", "meaning"), [("yyds", "永远的神"), ("xswl", "笑死我了"), ("nsdd", "你说得对")]
)
def test_abbreviations_and_what_they_mean(pinyin: SyncRunner, keys: str, meaning: str) -> None:
    found = page(pinyin, keys)
    assert keys in found
    assert meaning in found


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("biergaici", "比尔·盖茨"),
        ("liefutuoersitai", "列夫·托尔斯泰"),
        ("sidifuqiaobusi", "斯蒂夫·乔布斯"),
        ("ailongmasike", "埃隆·马斯克"),
    ],
)
def test_names_have_their_dot_second(pinyin: SyncRunner, keys: str, wanted: str) -> None:
    assert page(pinyin, keys)[:2] == [wanted.replace("·", ""), wanted]


@pytest.mark.parametrize("keys", ["woaibeijing", "zhongguorenmin", "masike", "nihao"])
def test_other_text_has_no_dot(pinyin: SyncRunner, keys: str) -> None:
    assert not any("·" in text for text in page(pinyin, keys))


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("bier`gaici", "比尔·盖茨"),
        ("wojiandaolebier`gaici", "我见到了比尔·盖茨"),
        ("tanglade`telangpu", "唐纳德·特朗普"),
    ],
)
def test_the_grave_key_is_the_dot(pinyin: SyncRunner, keys: str, wanted: str) -> None:
    assert page(pinyin, keys)[0] == wanted
    pinyin.press("Space")
    assert pinyin.committed == wanted


def test_the_grave_key_is_the_dot_in_shuangpin(flypy: SyncRunner) -> None:
    assert page(flypy, "bier`gdci")[0] == "比尔·盖茨"


def test_letters_teach_nothing(pinyin: SyncRunner) -> None:
    pinyin.reset()
    pinyin.type("woyongPython")
    pinyin.press("Space")
    assert pinyin.committed == "我用Python"
    assert pinyin.state.last_commit is not None
    assert pinyin.state.last_commit.selections == ()


def test_digits_go_on_behind_letters_and_choose_behind_hanzi(pinyin: SyncRunner) -> None:
    assert page(pinyin, "woyongPython3")[0] == "我用Python3"
    pinyin.reset()
    pinyin.type("woyongPythonxie")
    second = pinyin.state.page.items[1].text if pinyin.state.page else ""
    pinyin.type("2")
    assert pinyin.committed == second


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [("gpt6", "gpt6"), ("wifi-5", "wifi-5"), ("hello0", "hello0")],
)
def test_digits_that_choose_nothing_follow_small_letters(
    pinyin: SyncRunner, keys: str, wanted: str
) -> None:
    assert page(pinyin, keys)[0] == wanted


@pytest.mark.parametrize(
    ("keys", "wanted"), [("baidu.com", "baidu.com"), ("main.py", "main.py")]
)
def test_space_takes_domains_and_files(pinyin: SyncRunner, keys: str, wanted: str) -> None:
    pinyin.reset()
    pinyin.type(keys)
    assert pinyin.state.page is not None
    assert pinyin.state.page.items[0].text == wanted
    pinyin.press("Space")
    assert pinyin.committed == wanted
