"""Shuangpin schemes read from a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ime.errors import SettingsError
from ime.pinyin.custom_scheme import FULL, chosen_scheme, read_scheme
from ime.pinyin.schemes import SCHEME_TABLES
from ime.pinyin.shuangpin import built_in_scheme
from ime.settings import SCHEMES


def scheme_text(**changed: str) -> str:
    """flypy as a scheme file, with whole sections replaced."""
    table = SCHEME_TABLES["flypy"]
    parts = {
        "head": 'name = "我的双拼"\nzero = "spelled"\n',
        "initials": section("initials", table.initials),
        "finals": section("finals", table.finals),
        "codes": "",
    }
    return "\n".join((parts | changed).values())


def section(name: str, keys: Mapping[str, str]) -> str:
    return "\n".join([f"[{name}]", *(f'{sound} = "{key}"' for sound, key in keys.items())])


def finals(**changed: str | None) -> str:
    table = dict(SCHEME_TABLES["flypy"].finals) | changed
    return section("finals", {name: key for name, key in table.items() if key is not None})


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "scheme.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_scheme_file_makes_the_scheme_it_describes(
    write: Callable[[str | bytes], Path],
) -> None:
    scheme = read_scheme(write(scheme_text()))
    assert scheme.title == "我的双拼"
    assert scheme.codes == built_in_scheme("flypy").codes


def test_scheme_file_may_move_keys_and_accept_second_ones(
    write: Callable[[str | bytes], Path],
) -> None:
    scheme = read_scheme(write(scheme_text(finals=finals(ing=";", ue="tm"))))
    assert scheme.codes["xing"] == "x;"
    assert scheme.codes["xue"] == "xt"
    assert scheme.syllables["ym"] == "yue"
    assert scheme.syllables["xm"] == "xian"  # xm is taught for another syllable
    assert ";" in scheme.keys


def test_scheme_file_may_put_a_key_in_place_of_the_initial(
    write: Callable[[str | bytes], Path],
) -> None:
    scheme = read_scheme(
        write(scheme_text(head='name = "o"\nzero = "o"', finals=finals(er="r")))
    )
    assert (scheme.codes["ang"], scheme.codes["er"], scheme.codes["a"]) == ("oh", "or", "oa")


def test_scheme_file_may_give_single_syllables_codes_of_their_own(
    write: Callable[[str | bytes], Path],
) -> None:
    scheme = read_scheme(write(scheme_text(codes='[codes]\ner = "vr"\nzhuan = "er"')))
    assert (scheme.codes["er"], scheme.codes["zhuan"]) == ("vr", "er")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", r"is no valid TOML"),
        (b"name = '\xff'", r"is no valid TOML"),
        (scheme_text(head='zero = "o"'), r"'name' must be a text .* not None"),
        (scheme_text(head='name = " "\nzero = "o"'), r"'name' must be a text"),
        (scheme_text(head='name = "x"'), r"'zero' says how .* not None"),
        (scheme_text(head='name = "x"\nzero = "oo"'), r"'zero' says how .* not 'oo'"),
        (scheme_text(head='name = "x"\nzero = 1'), r"'zero' says how .* not 1"),
        (scheme_text(head='name = "x"\nzero = "o"\nspeed = 1'), r"Unknown field 'speed'"),
        (scheme_text(initials='[initials]\nzh = "vv"'), r"zh = 'vv': must be one key"),
        (scheme_text(initials='[initials]\nb = "v"'), r"\[initials\] has no 'b'; .*ch, sh, zh"),
        (scheme_text(finals=finals(ai="D")), r"ai = 'D': must be one to 4 keys"),
        (scheme_text(finals=finals(ai="")), r"ai = '': must be one to 4 keys"),
        (scheme_text(finals=finals(oi="d")), r"\[finals\] has no 'oi'"),
        (scheme_text(finals='finals = "x"'), r"\[initials\] has no 'finals'"),
        (scheme_text(finals="[finals]\nai = 3"), r"ai = 3: must be a text in quotes"),
        (scheme_text(finals=finals(ai=None)), r"cannot be typed, because the final 'ai'"),
        (scheme_text(finals=finals(ai="j")), r"'bai' and 'ban' are both typed 'bj'"),
        (scheme_text(codes='[codes]\nxyz = "aa"'), r"'xyz': it is no syllable"),
        (scheme_text(codes='[codes]\nlo = "aa"'), r"'lo': it cannot be given a code"),
        (scheme_text(codes='[codes]\ner = "e"'), r"er = 'e': must be two keys"),
        ('name = "x"\nzero = "o"\nfinals = "x"', r"'finals' must be a table"),
    ],
)
def test_faulty_scheme_file_is_refused_with_the_reason(
    write: Callable[[str | bytes], Path], text: bytes | str, message: str
) -> None:
    path = write(text)
    with pytest.raises(SettingsError, match=message) as caught:
        read_scheme(path)
    assert str(path) in str(caught.value)


def test_missing_scheme_file_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read"):
        read_scheme(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("name", SCHEMES)
def test_setting_names_every_scheme_of_the_program(name: str) -> None:
    scheme, complaint = chosen_scheme(name)
    assert scheme is built_in_scheme(name)
    assert not complaint


def test_settings_list_the_schemes_that_there_are() -> None:
    assert set(SCHEMES) == set(SCHEME_TABLES)


def test_setting_of_a_file_reads_it(write: Callable[[str | bytes], Path]) -> None:
    scheme, complaint = chosen_scheme(str(write(scheme_text())))
    assert scheme is not None
    assert scheme.title == "我的双拼"
    assert not complaint


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        pytest.param("xiaohe", "There is no shuangpin scheme 'xiaohe'", id="name"),
        pytest.param("/none/mine.toml", "/none/mine.toml cannot be read", id="file"),
        pytest.param("", "There is no shuangpin scheme ''", id="nothing"),
    ],
)
def test_setting_that_cannot_be_followed_is_told(setting: str, complaint: str) -> None:
    scheme, told = chosen_scheme(setting)
    assert scheme is None
    assert complaint in told
    assert told.endswith("keys are read as full pinyin.")


def test_full_pinyin_needs_no_scheme() -> None:
    assert chosen_scheme(FULL) == (None, "")


@pytest.mark.parametrize(
    "setting",
    [
        "a\0b.toml",
        "~nobody-of-that-name/x.toml",
        "x" * 5_000 + ".toml",
        "/dev/zero.toml",
        ".toml",
    ],
    ids=["nul", "nobody", "long", "device", "suffix"],
)
def test_a_path_that_cannot_be_is_told(setting: str) -> None:
    scheme, complaint = chosen_scheme(setting)
    assert scheme is None
    assert "cannot be read" in complaint


@pytest.mark.parametrize(
    "content",
    [
        "name = 0x" + "f" * 3_900,
        "zero = 0x" + "f" * 3_900 + "\nname = 'a'",
        "[finals]\niu = 0x" + "f" * 3_900 + "\n",
        "a = " + "[" * 3_900,
        "a." * 400_000 + "b = 1",
        "x" * 50_000_000,
    ],
    ids=["name", "zero", "final", "nested", "deep name", "50 MB"],
)
def test_a_file_that_nobody_meant_is_told(
    write: Callable[[str | bytes], Path], content: str
) -> None:
    scheme, complaint = chosen_scheme(str(write(content)))
    assert scheme is None
    assert len(complaint) < 600


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
def test_a_pipe_in_place_of_a_scheme_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mine.toml")
    assert "no regular file" in chosen_scheme(str(tmp_path / "mine.toml"))[1]
