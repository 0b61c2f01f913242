from __future__ import annotations

import os
import stat
import time
import tomllib
from pathlib import Path

import msgspec
import pytest

from ime import settings
from ime.errors import SettingsError
from ime.settings import (
    FuzzySettings,
    KeySettings,
    ModelSettings,
    Settings,
    WindowSettings,
    load,
    render,
    save,
    user_folders,
)
from ime.texts.catalogue import told

SECTIONS = [type(getattr(Settings(), name)) for name in Settings.__struct_fields__]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_load_of_no_file_gives_defaults_silently(file: Path) -> None:
    assert load(file) == settings.LoadedSettings(Settings())


def test_save_and_load_keep_every_value(file: Path) -> None:
    wanted = Settings(
        window=WindowSettings(page_size=9, orientation="vertical", font_size=20, theme="dark"),
        fuzzy=FuzzySettings(z_zh=True, in_ing=True),
        model=ModelSettings(tier="ngram", device="cpu", threads=2, beam=8),
    )
    save(wanted, file)
    assert load(file) == settings.LoadedSettings(wanted)
    assert wanted.fuzzy.enabled() == {"z_zh", "in_ing"}


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        pytest.param("[window]\npage_size = 2", "window.page_size = 2: ", id="too-small"),
        pytest.param("[window]\npage_size = 10", "window.page_size = 10: ", id="too-large"),
        pytest.param("[window]\npage_size = 5.5", "window.page_size = 5.5: ", id="fraction"),
        pytest.param("[model]\ntier = 'neon'", "model.tier = 'neon': ", id="choice"),
        pytest.param(
            "[typing]\ncorrection = 1", "typing.correction = 1: ", id="number-as-switch"
        ),
        pytest.param(
            "[model]\nthreads = true", "model.threads = True: ", id="switch-as-number"
        ),
        pytest.param("[model]\nbeam = '8'", "model.beam = '8': ", id="text-as-number"),
        pytest.param("fuzzy = 3", "fuzzy must be a section [fuzzy]", id="value-as-section"),
        pytest.param(
            "[window]\npage_sise = 7", "(did you mean window.page_size?)", id="spelling"
        ),
        pytest.param("[windows]", "unknown setting windows", id="unknown-section"),
        pytest.param("colour = 1", "unknown setting colour is ignored", id="unknown-key"),
    ],
)
def test_load_of_a_wrong_value_notices_it_and_uses_the_default(
    file: Path, text: str, notice: str
) -> None:
    loaded = load(written(file, text))
    assert loaded.settings == Settings()
    assert len(loaded.notices) == 1
    assert notice in told(loaded.notices[0])
    assert file.exists()


def test_keys_of_ones_own_are_kept_and_one_wrong_entry_spoils_no_other(file: Path) -> None:
    wanted = Settings(
        keys=KeySettings(own={"pin": ("Alt+1",), "menu.save": (), "end": ("F2",)})
    )
    save(wanted, file)
    assert load(file) == settings.LoadedSettings(wanted)
    file.write_text("[keys.own]\npin = 3\nchoose = ['F2']", encoding="utf-8")
    loaded = load(file)
    assert loaded.settings == Settings(keys=KeySettings(own={"choose": ("F2",)}))
    assert "keys.own.pin = 3" in told(loaded.notices[0])
    loaded = load(written(file, "[keys]\nown = 'F2'"))
    assert loaded.settings == Settings()
    assert "keys.own must be a section [keys.own]" in told(loaded.notices[0])


def test_load_of_one_wrong_value_keeps_the_others(file: Path) -> None:
    loaded = load(
        written(file, "[window]\npage_size = 99\nfont_size = 20\n[fuzzy]\nn_l = true")
    )
    assert loaded.settings == Settings(
        window=WindowSettings(font_size=20), fuzzy=FuzzySettings(n_l=True)
    )
    assert len(loaded.notices) == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[window\npage_size = 7", id="not-toml"),
        pytest.param(b"\x00\x00\x00\x00", id="zeros-after-a-power-cut"),
        pytest.param(b"a = '\xff\xfe'", id="not-utf8"),
        pytest.param(b"a = " + b"[" * 100_000, id="bottomless"),
        pytest.param(b"a = 1\na = 2", id="key-twice"),
    ],
)
def test_load_of_a_corrupt_file_keeps_it_aside(file: Path, content: bytes) -> None:
    loaded = load(written(file, content))
    assert loaded.settings == Settings()
    assert len(loaded.notices) == 1
    assert "kept as settings.toml.bad" in told(loaded.notices[0])
    assert file.with_name("settings.toml.bad").read_bytes() == content
    assert load(file).notices == ()


def test_load_of_an_unreadable_file_gives_defaults_and_a_notice(file: Path) -> None:
    file.mkdir(parents=True)  # a folder: unreadable for root, too
    loaded = load(file)
    assert loaded.settings == Settings()
    assert "cannot be read" in told(loaded.notices[0])


def test_load_says_so_when_the_corrupt_file_cannot_be_moved(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    written(file, "[window")
    monkeypatch.setattr(Path, "replace", refuse)
    loaded = load(file)
    assert loaded.settings == Settings()
    assert "Correct or delete it" in told(loaded.notices[0])


def test_load_reads_a_byte_order_mark_and_windows_line_ends(file: Path) -> None:
    loaded = load(written(file, b"\xef\xbb\xbf[window]\r\npage_size = 7\r\n"))
    assert loaded == settings.LoadedSettings(Settings(window=WindowSettings(page_size=7)))


def test_save_leaves_one_private_file(file: Path) -> None:
    save(Settings(), file)
    save(Settings(window=WindowSettings(page_size=7)), file)
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_save_that_fails_keeps_the_old_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    save(Settings(), file)
    before = file.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left on device"):
        save(Settings(window=WindowSettings(page_size=7)), file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_save_below_a_file_raises_an_error_with_the_path(tmp_path: Path) -> None:
    blocked = written(tmp_path / "taken", "") / "settings.toml"
    with pytest.raises(SettingsError, match="taken"):
        save(Settings(), blocked)


def test_save_writes_through_a_link(file: Path, tmp_path: Path) -> None:
    elsewhere = written(tmp_path / "dotfiles" / "moyin.toml", "")
    file.parent.mkdir()
    file.symlink_to(elsewhere)
    save(Settings(window=WindowSettings(page_size=7)), file)
    assert file.is_symlink()
    assert load(elsewhere).settings.window.page_size == 7


def test_render_explains_every_setting() -> None:
    text = render(Settings())
    assert tomllib.loads(text) == msgspec.to_builtins(Settings())
    assert "# Candidates on a page. (3 to 9 candidates)\npage_size = 5\n" in text
    assert "(auto, cpu, cuda, mps)" in text


def test_render_of_a_section_with_a_long_docstring_is_toml(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its second line was no comment, and the next start lost all settings."""
    monkeypatch.setattr(WindowSettings, "__doc__", "How it looks.\n\n    More on = that.\n    ")
    text = render(Settings())
    assert tomllib.loads(text) == msgspec.to_builtins(Settings())
    assert "\n# How it looks.\n[window]\n" in text


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_every_setting_has_a_meaning_and_a_range(section: type[msgspec.Struct]) -> None:
    documented = dict(settings.documentation(section))
    assert list(documented) == list(section.__struct_fields__)
    for line in documented.values():
        meaning, _, bounds = line.partition(" (")
        assert meaning.endswith(".")
        assert bounds.endswith(")")
        assert "None" not in bounds


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_every_default_is_valid(section: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(section):
        default = getattr(section(), field.name)
        assert msgspec.convert(default, field.type) == default


def test_user_folders_follow_the_home_variable(tmp_path: Path) -> None:
    folders = user_folders({settings.HOME_VARIABLE: str(tmp_path)})
    assert folders.settings_file == tmp_path / "config" / "settings.toml"
    assert folders.database == tmp_path / "data" / "user.sqlite"
    assert folders.adapters == tmp_path / "data" / "adapters"
    assert folders.cache == tmp_path / "cache"


@pytest.mark.parametrize("environ", [{}, {settings.HOME_VARIABLE: ""}], ids=["unset", "empty"])
def test_user_folders_are_the_systems_without_it(environ: dict[str, str]) -> None:
    folders = user_folders(environ)
    assert "moyin" in folders.config.parts
    assert "moyin" in folders.data.parts


# --- files that nobody meant ------------------------------------------------------------------


def nested(opening: str, closing: str = "") -> str:
    return "[window]\ntheme = " + opening * 1_900 + closing * 1_900


HOSTILE = [
    pytest.param("[window]\npage_size = 0x" + "f" * 3_900, id="digits that cannot be shown"),
    pytest.param("[window]\npage_size = " + "9" * 3_900, id="more digits than a number"),
    pytest.param("[window]\npage_size = " + "9" * 9_000, id="more digits than are read"),
    pytest.param("[window]\npage_size = 1e999", id="infinite"),
    pytest.param("[window]\npage_size = nan", id="no number"),
    pytest.param("[typing]\nscheme = 1979-05-27T07:32:00Z", id="a time"),
    pytest.param(nested("["), id="nested and open"),
    pytest.param(nested("[", "]"), id="nested"),
    pytest.param("a." * 1_900 + "b = 1", id="deep name"),
    pytest.param("a." * 400_000 + "b = 1", id="very deep name"),
    pytest.param("\n".join("[" + "a." * 1_900 + f"b{i}]" for i in range(16)), id="deep heads"),
    pytest.param("\n".join(f"k{i}=1" for i in range(500_000)), id="unknown names, too many"),
    pytest.param("\n".join(f"k{i}=1" for i in range(6_000)), id="unknown names"),
    pytest.param("[window]\n" + "\n".join(f"k{i}=1" for i in range(6_000)), id="in a section"),
    pytest.param('"' + "k" * 3_900 + '" = 1', id="long name"),
    pytest.param("x" * 50_000_000, id="50 MB"),
    pytest.param("\0" * 50_000, id="zeros"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_file_that_nobody_meant_gives_defaults_and_few_notices_at_once(
    file: Path, text: str
) -> None:
    written(file, text)
    began = time.process_time()
    loaded = load(file)
    assert time.process_time() - began < 1.5
    assert loaded.settings == Settings()
    assert 1 <= len(loaded.notices) <= settings.MOST_NOTICES + 1
    assert all(len(told(notice)) < 600 for notice in loaded.notices)


def test_what_is_wrong_is_counted_where_it_is_much(file: Path) -> None:
    loaded = load(written(file, "".join(f"name{i} = 1\n" for i in range(1000))))
    assert told(loaded.notices[-1]) == "settings.toml: 997 more things are wrong."


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(file: Path) -> None:
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    loaded = load(file)
    assert loaded.settings == Settings()
    assert "no regular file" in told(*loaded.notices)


def test_a_second_damaged_file_leaves_the_first_where_it_was_kept(file: Path) -> None:
    load(written(file, "first"))
    (notice,) = load(written(file, "second")).notices
    assert file.with_name("settings.toml.bad").read_text() == "first"
    assert file.with_name("settings.toml.bad-2").read_text() == "second"
    assert "settings.toml.bad-2" in told(notice)
