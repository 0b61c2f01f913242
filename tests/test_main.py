from __future__ import annotations

import io
import json
import logging
import os
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ime import __main__, __version__
from ime.backend import direct
from ime.commands import doctor, log_file
from ime.errors import AssetError, EnvironmentFaultError
from ime.ports import Converter, Journal
from ime.session.runner import SyncRunner
from ime.session.state import SessionOptions
from ime.settings import Folders, ModelSettings, Settings, TypingSettings, save
from ime.userdb.selection_log import SelectionLog
from tests.fakes import FakeConverter

REPOSITORY = Path(__file__).parents[1]


class Opening:
    """Stands in for the opening of converters, and remembers what was asked for."""

    def __init__(self) -> None:
        self.converter = FakeConverter()
        self.settings = Settings()
        self.options = SessionOptions()

    def by_settings(self, settings: Settings, *_: object) -> FakeConverter:
        self.settings = settings
        return self.converter

    def runner(
        self,
        converter: Converter,
        options: SessionOptions,
        phrases: object = None,
        journal: Journal | None = None,
    ) -> SyncRunner:
        self.options = options
        return SyncRunner(converter, options, journal=journal)


@pytest.fixture(autouse=True)
def _log_handlers() -> Iterator[None]:
    """Handlers that `main` adds go with the test, and their files are closed."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> Opening:
    stand_in = Opening()
    monkeypatch.setattr(direct, "open_by_settings", stand_in.by_settings)
    monkeypatch.setattr(direct, "runner_of", stand_in.runner)
    return stand_in


def python(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload]
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def test_version_is_that_of_the_package() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert project["project"]["version"] == __version__
    assert python("-m", "ime", "--version").stdout == f"moyin {__version__}\n"


HEAVY = frozenset(
    ("torch", "PySide6", "safetensors", "pypinyin", "jieba", "opencc", "tqdm", "matplotlib")
)
NEEDED_TO_CONVERT = frozenset(("numpy", "msgspec", "sqlite3", "platformdirs", "model"))
LISTING = """
import sys
from ime.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules)
"""


def loaded(*arguments: str, **options: object) -> set[str]:
    """Names of the modules that a run of `moyin` leaves behind."""
    done = python("-c", LISTING, *arguments, **options)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_version_loads_nothing_heavy() -> None:
    assert loaded("--version") & (HEAVY | NEEDED_TO_CONVERT) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["convert", "nihao", "--tier", "ngram"],
        ["pinyin", "你好", "--tier", "ngram"],
        ["replay", os.devnull, "--tier", "ngram"],
        ["doctor", "--tier", "ngram"],
        ["personalize", "words"],
    ],
    ids=" ".join,
)
def test_the_ngram_and_the_log_need_neither_torch_nor_qt(arguments: list[str]) -> None:
    """A late import that became an early one costs a second and 200 MiB."""
    assert loaded(*arguments) & HEAVY == set()


@pytest.mark.skipif(sys.platform != "linux", reason="the terminal takes over without a screen")
def test_the_terminal_needs_neither_torch_nor_qt(folders: Folders) -> None:
    save(Settings(model=ModelSettings(tier="ngram")), folders.settings_file)
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environ = {name: value for name, value in os.environ.items() if name not in screens}
    modules = loaded(env=environ, input="nihao1\n")
    assert "ime.commands.terminal" in modules
    assert modules & HEAVY == set()


def test_version_comes_in_the_time_of_four_bare_starts() -> None:
    """A fifth of a second on a machine that starts Python in a twentieth."""

    def quickest(*arguments: str) -> float:
        times = []
        for _ in range(5):  # the machine may be busy
            start = time.perf_counter()
            python(*arguments)
            times.append(time.perf_counter() - start)
        return min(times)

    assert quickest("-m", "ime", "--version") < 4 * quickest("-c", "pass")


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["convert"],
        ["convert", "ni", "--top", "-1"],
        ["convert", "ni", "--tier", "gpt"],
        ["replay", "--page", "2"],
        ["replay", "--limit", "many"],
        ["doctor", "--threads", "65"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_exit_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        __main__.main(arguments)
    assert caught.value.code == 2
    assert "usage: moyin" in capsys.readouterr().err


def test_convert_prints_candidates(
    opening: Opening, capsys: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["convert", "nihao", "--top", "2", "--context", "早"]) == 0
    assert capsys.readouterr().out == "你好\n拟好\n"
    assert opening.converter.contexts[-1].text == "早"
    assert opening.options.private


def test_convert_reads_lines_from_the_input(
    opening: Opening, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("ni\n8\n"))
    assert __main__.main(["convert", "-", "--json"]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["candidates"][0]["text"] == "你"
    assert second["candidates"] == []


def test_command_line_stands_above_the_settings(opening: Opening, folders: Folders) -> None:
    model = ModelSettings(device="cuda", beam=8)
    save(Settings(model=model), folders.settings_file)
    __main__.main(["convert", "ni", "--device", "cpu", "--tier", "ngram"])
    assert opening.settings.model == ModelSettings(tier="ngram", device="cpu", beam=8)


def test_convert_reads_full_pinyin_whatever_the_keys_of_the_window(
    opening: Opening, folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    save(Settings(typing=TypingSettings(scheme="mspy")), folders.settings_file)
    assert __main__.main(["convert", "nihao", "--top", "1"]) == 0
    assert capsys.readouterr().out == "你好\n"
    assert opening.settings.typing.scheme == "full"
    assert opening.options.scheme is None


def test_convert_tells_of_wrong_settings_and_goes_on(
    opening: Opening, folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    folders.config.mkdir(parents=True)
    folders.settings_file.write_text("[window]\npage_size = 99\n")
    assert __main__.main(["convert", "ni"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("你\n")
    assert "moyin: settings.toml: window.page_size = 99" in printed.err


def test_replay_reads_a_file_and_leaves_the_users_folders_alone(
    opening: Opening, folders: Folders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(Settings(model=ModelSettings(beam=8)), folders.settings_file)
    table = tmp_path / "in.tsv"
    table.write_text("a\t左\tnihao\t拟好\nb\t\tni\t你\n")
    options = ["--picks", "--learn", "--context", "--limit", "1", "--page", "3"]
    assert __main__.main(["replay", str(table), *options]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("a\t")
    assert printed.out.endswith("\t#p=1,0,0\n")
    assert "rows=1 context=1" in printed.err
    assert [commit.text for commit in opening.converter.learned.values()] == ["拟好"]
    assert opening.options == SessionOptions(page_size=3)
    assert opening.settings == Settings()
    assert not folders.data.exists()


def test_replay_without_learn_is_private(opening: Opening, tmp_path: Path) -> None:
    table = tmp_path / "in.tsv"
    table.write_text("a\t\tnihao\t拟好\n")
    __main__.main(["replay", str(table), "--picks"])
    assert opening.options == SessionOptions(private=True)
    assert opening.converter.learned == {}


def test_doctor_exits_with_1_when_something_is_broken(
    opening: Opening, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "assets_folder", lambda: Path("/nowhere"))
    assert __main__.main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "BROKEN assets" in printed
    assert printed.endswith("1 broken\n")


def test_an_error_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_weights(*_: object) -> None:
        raise AssetError("weights-00 is damaged. Install Moyin again.")

    monkeypatch.setattr(direct, "open_by_settings", no_weights)
    assert __main__.main(["convert", "ni"]) == 1
    assert capsys.readouterr().err == "moyin: weights-00 is damaged. Install Moyin again.\n"


def test_without_a_screen_the_terminal_takes_over_and_keeps_the_choices(
    opening: Opening,
    folders: Folders,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def no_screen(*_: object) -> int:
        raise EnvironmentFaultError("There is no screen.")

    monkeypatch.setattr("ime.app.run_window", no_screen)
    monkeypatch.setattr(sys, "stdin", io.StringIO("nihao2\n"))
    assert __main__.main([]) == 0
    printed = capsys.readouterr()
    assert printed.err == "moyin: There is no screen.\n"
    assert "拟好> " in printed.out
    log = SelectionLog(folders.database, run=0)
    assert log.count() == 1
    log.close()


@pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland are Linux's")
@pytest.mark.parametrize(
    "dead", [{"DISPLAY": ":7777"}, {"WAYLAND_DISPLAY": "nothing-7777"}], ids=["x11", "wayland"]
)
def test_a_display_that_does_not_answer_is_named(
    dead: dict[str, str],
    opening: Opening,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in dead.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert __main__.main([]) == 0
    ((name, value),) = dead.items()
    assert f"nothing answers at {name}={value}" in capsys.readouterr().err


def test_the_terminal_in_private_mode_writes_nothing(
    opening: Opening, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(Settings(typing=TypingSettings(private=True)), folders.settings_file)
    monkeypatch.setattr("ime.app.check_libraries", _refuse)
    monkeypatch.setattr(sys, "stdin", io.StringIO("nihao2\n"))
    assert __main__.main([]) == 0
    assert not folders.database.exists()


def _refuse(*_: object) -> None:
    raise EnvironmentFaultError("There is no screen.")


def test_the_window_gets_settings_folders_and_notices(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    def window(*arguments: object) -> int:
        given.extend(arguments)
        return 5

    monkeypatch.setattr("ime.app.run_window", window)
    folders.config.mkdir(parents=True)
    folders.settings_file.write_text("[window")
    assert __main__.main([]) == 5
    assert given[:2] == [Settings(), folders]
    assert "settings.toml.bad" in str(given[2])


def test_the_log_file_is_private(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ime.app.run_window", lambda *_: 0)
    __main__.main([])
    assert stat.S_IMODE(folders.log_file.stat().st_mode) == 0o600


def test_a_log_that_cannot_be_kept_is_noticed(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    monkeypatch.setattr("ime.app.run_window", lambda *arguments: given.extend(arguments) or 0)
    folders.cache.parent.mkdir()
    folders.cache.write_text("a file where the folder should be")
    __main__.main([])
    assert "fault.no_log" in str(given[2])


def test_ctrl_c_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(direct, "open_by_settings", stop)
    assert __main__.main(["convert", "ni"]) == 130


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="a matter of Unix shells")
def test_a_reader_that_leaves_ends_it_quietly() -> None:
    script = """
import sys
from ime.__main__ import main
from ime.backend import direct
from tests.fakes import FakeConverter

direct.open_by_settings = lambda *_: FakeConverter()
sys.exit(main(["replay"]))
"""
    rows = "a\t\tni\t你\n" * 5000
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(rows[: 4 * 1024])
        process.stdin.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1


def test_log_and_its_folder_are_private_after_rotation_too(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_file, "_LOG_BYTES", 200)
    folders.cache.mkdir(parents=True, mode=0o755)
    folders.log_file.touch(mode=0o644)
    assert log_file.log_to(folders.log_file) == ()
    for number in range(10):
        logging.getLogger("test").warning("line %d of a log that rotates", number)
    modes = {path.name: path.stat().st_mode & 0o777 for path in folders.cache.iterdir()}
    assert modes == {"moyin.log": 0o600, "moyin.log.1": 0o600}
    assert folders.cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["C", "POSIX", "zh_CN.GB18030", "no_such.locale"])
def test_hanzi_are_printed_in_a_locale_without_utf8(name: str) -> None:
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment |= {"LC_ALL": name, "LANG": name}
    done = subprocess.run(
        [sys.executable, "-m", "ime", "convert", "--tier", "ngram", "nihao"],
        capture_output=True,
        check=False,
        env=environment,
        cwd=REPOSITORY,
    )
    assert done.returncode == 0, done.stderr
    assert "你好" in done.stdout.decode("utf-8")
