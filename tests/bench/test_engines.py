from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ime.bench.engines import AnswerCache, Engine, Run, ask, ourselves
from ime.bench.test_sets import Question, QuestionSet

SCRIPT = Path(__file__).with_name("engine_script.py")
QUESTIONS = tuple(Question(f"r{i}\t\tni\t你", f"r{i}", "", "ni", "你") for i in range(4))
ASKED = QuestionSet("four", QUESTIONS)


class Bench:
    """Asks the engine of the script, and knows how it was started."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "starts.log"
        self.store = AnswerCache(folder / "out" / "answers")
        self.told: list[tuple[str, int]] = []

    def engine(self, manner: str, *, kept: bool = True) -> Engine:
        command = (sys.executable, "-S", str(SCRIPT), manner, str(self.log))
        return Engine(manner, command, kept=kept)

    def ask(
        self,
        engine: Engine,
        asked: QuestionSet = ASKED,
        options: tuple[str, ...] = (),
        limit_s: float = 60,
    ) -> Run:
        def note(name: str, rows: int) -> None:
            self.told.append((name, rows))

        return ask(engine, asked, options, self.store, limit_s=limit_s, progress=note)

    @property
    def starts(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize(
    ("text", "name", "command"),
    [
        ("libime=./peer libime", "libime", ("./peer", "libime")),
        ("rime-luna=run 'a b' --x=1", "rime-luna", ("run", "a b", "--x=1")),
    ],
)
def test_engine_is_read_from_the_command_line(
    text: str, name: str, command: tuple[str, ...]
) -> None:
    assert Engine.parse(text) == Engine(name, command)


@pytest.mark.parametrize("text", ["libime", "=run", "a b=run", "a=", "a/b=run", "a='run"])
def test_engine_of_another_form_raises(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Engine.parse(text)


def test_ask_gives_the_rows_and_the_options_and_reads_the_answers(bench: Bench) -> None:
    run = bench.ask(bench.engine("even"), options=("--picks", "--context"))
    assert [(answer.id, answer.first) for answer in run.answers] == [
        ("r0", "你"),
        ("r1", "错"),
        ("r2", "你"),
        ("r3", "错"),
    ]
    assert run.error == ""
    assert run.meta["start_ms"] == "12.5"
    assert run.seconds > 0
    assert bench.told == [("even", rows) for rows in (1, 2, 3, 4)]
    assert bench.starts[0].split()[1:] == ["--picks", "--context"]


def test_ask_gives_an_empty_folder_of_the_user_that_goes_afterwards(bench: Bench) -> None:
    bench.ask(bench.engine("right", kept=False))
    bench.ask(bench.engine("right", kept=False))
    homes = {start.split()[0] for start in bench.starts}
    assert len(homes) == 2
    assert not any(Path(home).exists() for home in homes)


def _same(bench: Bench) -> None:
    bench.ask(bench.engine("even"))


def _other_rows(bench: Bench) -> None:
    bench.ask(bench.engine("even"), QuestionSet("four", QUESTIONS[:3]))


def _other_options(bench: Bench) -> None:
    bench.ask(bench.engine("even"), options=("--picks",))


def _other_command(bench: Bench) -> None:
    bench.ask(Engine("even", bench.engine("right").command))


def _other_version(bench: Bench) -> None:
    bench.ask(replace(bench.engine("even"), version="2"))


def _not_kept(bench: Bench) -> None:
    bench.ask(bench.engine("even", kept=False))


@pytest.mark.parametrize(
    ("again", "starts"),
    [
        pytest.param(_same, 1, id="same"),
        pytest.param(_other_rows, 2, id="other-rows"),
        pytest.param(_other_options, 2, id="other-options"),
        pytest.param(_other_command, 2, id="other-command"),
        pytest.param(_other_version, 2, id="other-version"),
        pytest.param(_not_kept, 2, id="not-kept"),
    ],
)
def test_ask_again_starts_only_what_changed(
    bench: Bench, again: Callable[[Bench], None], starts: int
) -> None:
    bench.ask(bench.engine("even"))
    again(bench)
    assert len(bench.starts) == starts


def test_answers_from_the_store_are_the_same_and_say_so(bench: Bench) -> None:
    first = bench.ask(bench.engine("even"))
    again = bench.ask(bench.engine("even"))
    assert (first.earlier, again.earlier) == (False, True)
    assert again.answers == first.answers
    assert (again.meta, again.seconds, again.file) == (first.meta, first.seconds, first.file)


def test_half_a_file_in_the_store_does_not_stand_for_a_run(bench: Bench) -> None:
    run = bench.ask(bench.engine("even"))
    assert run.file is not None
    run.file.with_suffix(".json").write_text("{", encoding="utf-8")
    assert not bench.ask(bench.engine("even")).earlier
    run.file.write_text("r0\t1", encoding="utf-8")
    assert not bench.ask(bench.engine("even")).earlier
    assert bench.ask(bench.engine("even")).earlier


def test_ask_of_a_program_that_is_not_there_says_so(bench: Bench) -> None:
    run = bench.ask(Engine("gone", ("/no/such/program", "x")))
    assert run.answers == ()
    assert run.error.startswith("/no/such/program cannot be started (No such file")


@pytest.mark.parametrize(
    ("manner", "rows", "error"),
    [
        pytest.param("crash", 2, "ended with 3: terrible things happened", id="crash"),
        pytest.param("babble", 2, "line 3 is no answer: 'hello'", id="no-answer"),
    ],
)
def test_ask_of_an_engine_that_fails_says_how_and_is_not_kept(
    bench: Bench, manner: str, rows: int, error: str
) -> None:
    run = bench.ask(bench.engine(manner))
    assert run.error.startswith(error)
    assert len(run.answers) == rows
    bench.ask(bench.engine(manner))
    assert len(bench.starts) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="wants a shell")
def test_ask_ends_an_engine_that_hangs_with_all_that_it_started(
    bench: Bench, tmp_path: Path
) -> None:
    shell = tmp_path / "peer"
    inner = " ".join(bench.engine("hang").command)
    shell.write_text(f"#!/bin/sh\n{inner}\nexit 0\n", encoding="utf-8")
    shell.chmod(0o700)
    # Long enough for the interpreter to start; a process left over would hold the pipe open.
    run = bench.ask(Engine("hang", (str(shell),)), limit_s=3)
    assert run.error == "was ended after 3 s"
    assert [answer.id for answer in run.answers] == ["r0", "r1"]


def test_an_interruption_ends_the_engine(bench: Bench) -> None:
    def interrupt(name: str, rows: int) -> None:
        raise KeyboardInterrupt

    engine = bench.engine("hang")
    with pytest.raises(KeyboardInterrupt):
        ask(engine, ASKED, (), bench.store, limit_s=500, progress=interrupt)
    assert bench.store.find(bench.store.place(engine, ASKED, ())) is None


def test_ourselves_is_the_replay_with_its_options() -> None:
    engine = ourselves(("--tier", "ngram"), "abc")
    assert engine.command[-2:] == ("ime", "replay")
    assert engine.options == ("--pool", "--tier", "ngram")
    assert engine.plain()["version"] == "abc"


def test_ourselves_of_no_known_version_is_never_from_the_store() -> None:
    assert not ourselves().kept
    assert ourselves((), "abc").kept


@pytest.mark.parametrize(
    ("text", "name", "options", "only"),
    [
        pytest.param("exact=--correction off", "exact", ("--correction", "off"), (), id="all"),
        pytest.param("f@typo=--fuzzy all", "f", ("--fuzzy", "all"), ("typo",), id="one-set"),
        pytest.param("g@a,b=--x", "g", ("--x",), ("a", "b"), id="sets"),
    ],
)
def test_a_variant_adds_options(
    text: str, name: str, options: tuple[str, ...], only: tuple[str, ...]
) -> None:
    ours = ourselves(("--beam", "4"), "abc")
    variant = ours.with_options(text)
    assert (variant.name, variant.only, variant.variant) == (name, only, True)
    assert variant.options == (*ours.options, *options)
    assert (variant.command, variant.version, variant.kept) == (ours.command, "abc", True)


@pytest.mark.parametrize(
    "text", ["exact", "=--x", "a b=--x", "a=", "a@=--x", "a@b,=--x", "a='x"]
)
def test_a_variant_of_another_form_raises(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ourselves().with_options(text)
