"""Learning by itself: when it starts, waits and gives up; no clock but the one it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ime.personalize.idle import (
    ASK_AGAIN,
    DAY,
    GIVE_UP,
    IdleFacts,
    IdleLearner,
    IdleRules,
    Sign,
    newest_run,
    on_mains,
)
from ime.personalize.protocol import Answer, Cancelled, Failed, Finished, Progressed, Stage
from ime.personalize.report import RUNS, RunFigures, RunReport, Tally, to_json
from ime.personalize.supervisor import Listener

REST, WALL = 300.0, 1.8e9
NONE = Tally(0, 0, 0, 0, 0)
REPORT = RunReport("v0001", True, (), "", WALL, 9.0, 200, 200, 1.0, NONE, NONE, NONE)


class Desk:
    """A learner with everything around it in the hands of the test."""

    def __init__(self, *, on: bool = True) -> None:
        self.asked: list[str] = []
        self.signs: list[Sign] = []
        self.heard: list[Answer] = []
        self.facts = IdleFacts(WALL - DAY, 200)
        self.answers: list[Callable[[IdleFacts], None]] = []
        self.answering = True
        self.mains = True
        self.busy = False
        self._listener: Listener | None = None
        self.learner = IdleLearner(
            self, self._ask, lambda: self.mains, self.signs.append, self.heard.append, 0.0
        )
        self.learner.set_rules(IdleRules(on, REST, 200))

    def run(self, listener: Listener) -> bool:
        self.asked.append("run")
        self._listener = listener
        return not self.busy

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def cancel(self) -> None:
        self.asked.append("cancel")

    def tell(self, answer: Answer) -> None:
        assert self._listener is not None
        self._listener(answer)

    def tick(self, *moments: float) -> None:
        for moment in moments:
            self.learner.tick(moment, WALL + moment)

    def _ask(self, answer: Callable[[IdleFacts], None]) -> None:
        self.answers.append(answer)
        if self.answering:
            answer(self.facts)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_run_starts_after_the_rest_and_not_before(desk: Desk) -> None:
    desk.learner.key(10.0)
    desk.tick(*range(15, 310, 15))
    assert desk.asked == []
    desk.tick(310.0)
    assert desk.asked == ["run"]
    assert desk.signs == [Sign.LEARNING]


def test_nothing_starts_while_it_is_off() -> None:
    desk = Desk(on=False)
    desk.tick(1e6)
    assert (desk.asked, desk.answers) == ([], [])


@pytest.mark.parametrize(
    ("last_run", "fresh", "starts"),
    [
        pytest.param(0.0, 200, True, id="never-ran"),
        pytest.param(WALL + REST - DAY, 200, True, id="a-day-ago"),
        pytest.param(WALL + REST - DAY + 1, 9999, False, id="less-than-a-day-ago"),
        pytest.param(0.0, 199, False, id="too-little-is-new"),
        pytest.param(WALL + 1e6, 200, True, id="clock-was-set-back"),
    ],
)
def test_facts_decide(desk: Desk, last_run: float, fresh: int, starts: bool) -> None:
    desk.facts = IdleFacts(last_run, fresh)
    desk.tick(REST)
    assert (desk.asked == ["run"]) is starts


def test_log_is_not_counted_at_every_tick(desk: Desk) -> None:
    desk.facts = IdleFacts(0.0, 3)
    desk.tick(*(REST + 15 * i for i in range(40)))
    assert len(desk.answers) == 1
    desk.tick(REST + ASK_AGAIN)
    assert len(desk.answers) == 2


def test_battery_forbids_the_start_and_pauses_a_run(desk: Desk) -> None:
    desk.mains = False
    desk.tick(REST)
    assert desk.answers == []
    desk.mains = True
    desk.tick(REST + 1)
    desk.mains = False
    desk.tick(REST + 20)
    assert desk.asked == ["run", "pause"]
    desk.tick(REST + 40)
    desk.mains = True
    desk.tick(REST + 60)
    assert desk.asked == ["run", "pause", "resume"]


def test_first_key_pauses_and_the_next_rest_goes_on(desk: Desk) -> None:
    desk.tick(REST)
    desk.learner.key(400.0)
    desk.learner.key(400.2)
    assert desk.asked == ["run", "pause"]
    desk.tick(500.0, 700.0)
    assert desk.asked == ["run", "pause"]
    desk.tick(700.2)
    assert desk.asked == ["run", "pause", "resume"]
    assert desk.signs == [Sign.LEARNING, Sign.PAUSED, Sign.LEARNING]


def test_run_that_waits_too_long_gives_its_memory_back(desk: Desk) -> None:
    desk.tick(REST)
    for moment in range(400, int(400 + GIVE_UP), 100):
        desk.learner.key(float(moment))
        desk.tick(moment + 1.0)
    assert "cancel" not in desk.asked
    desk.tick(400 + GIVE_UP)
    assert desk.asked == ["run", "pause", "cancel"]
    desk.tell(Cancelled())
    assert desk.signs[-1] is Sign.NOTHING


def test_key_before_the_answer_drops_the_start(desk: Desk) -> None:
    desk.answering = False
    desk.tick(REST)
    desk.learner.key(REST + 1)
    desk.answers[0](desk.facts)
    assert desk.asked == []


def test_report_waits_and_the_next_run_is_a_day_away(desk: Desk) -> None:
    desk.tick(REST)
    desk.tell(Progressed(Stage.TRAINING, 1, 2))
    assert desk.signs == [Sign.LEARNING]
    desk.tell(Finished(REPORT))
    assert desk.signs == [Sign.LEARNING, Sign.LEARNED]
    assert desk.heard == [Progressed(Stage.TRAINING, 1, 2), Finished(REPORT)]
    desk.facts = IdleFacts(WALL + 2 * REST, 400)
    desk.tick(REST + ASK_AGAIN, DAY)
    assert desk.asked == ["run"]
    desk.tick(3 * REST + DAY)
    assert desk.asked == ["run", "run"]


def test_failure_is_not_tried_again_the_same_day(desk: Desk) -> None:
    desk.tick(REST)
    desk.tell(Failed("no memory"))
    desk.tick(*(REST + ASK_AGAIN * i for i in range(1, 100)))
    assert desk.asked == ["run"]
    desk.tick(REST + DAY)
    assert desk.asked == ["run", "run"]


def test_run_of_somebody_else_is_left_alone(desk: Desk) -> None:
    desk.busy = True
    desk.tick(REST)
    desk.learner.key(REST + 1)
    assert desk.asked == ["run"]
    assert desk.signs == []


def test_run_that_the_user_took_over_is_paused_by_them_alone(desk: Desk) -> None:
    desk.tick(REST)
    desk.learner.hand_over()
    desk.learner.key(400.0)
    desk.tick(500.0)
    assert desk.asked == ["run"]
    desk.tell(Finished(REPORT))
    assert desk.heard == [Finished(REPORT)]


def test_switching_it_off_stops_the_run(desk: Desk) -> None:
    desk.tick(REST)
    desk.learner.set_rules(IdleRules())
    assert desk.asked == ["run", "cancel"]


def test_keys_and_answers_may_come_from_many_threads(desk: Desk) -> None:
    def types() -> None:
        for i in range(300):
            desk.learner.key(REST + i)

    threads = [threading.Thread(target=types) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(300):
        desk.tick(i * REST)
    for thread in threads:
        thread.join()
    kinds = [what for what in desk.asked if what != "run"]
    assert kinds == ["pause", "resume"] * (len(kinds) // 2) + ["pause"] * (len(kinds) % 2)


# --- what it asks of the machine ---------------------------------------------------------


def supply(folder: Path, name: str, **words: str) -> None:
    (folder / name).mkdir(parents=True)
    for key, word in words.items():
        (folder / name / key).write_text(word + "\n")


@pytest.mark.parametrize(
    ("supplies", "mains"),
    [
        pytest.param({}, True, id="desktop"),
        pytest.param({"BAT0": {"type": "Battery", "status": "Discharging"}}, False, id="empty"),
        pytest.param({"BAT0": {"type": "Battery", "status": "Charging"}}, True, id="charging"),
        pytest.param({"AC": {"type": "Mains", "online": "0"}}, True, id="no-battery"),
        pytest.param(
            {"mouse": {"type": "Battery", "scope": "Device", "status": "Discharging"}},
            True,
            id="battery-of-a-mouse",
        ),
        pytest.param({"BAT0": {"type": "Battery"}}, True, id="says-nothing"),
    ],
)
def test_mains_power_is_read_from_the_supplies(
    tmp_path: Path, supplies: dict[str, dict[str, str]], mains: bool
) -> None:
    for name, words in supplies.items():
        supply(tmp_path, name, **words)
    assert on_mains(tmp_path) is mains


def test_system_without_that_folder_counts_as_on_mains(tmp_path: Path) -> None:
    assert on_mains(tmp_path / "none")


def test_newest_run_is_read_from_the_figures(tmp_path: Path) -> None:
    assert newest_run(tmp_path) == 0.0
    runs = [RunFigures(created, "", 9, NONE, NONE, 1.0) for created in (5.0, 7.0)]
    (tmp_path / RUNS).write_bytes(to_json(runs))
    assert newest_run(tmp_path) == 7.0
    (tmp_path / RUNS).write_bytes(b"{")
    assert newest_run(tmp_path) == 0.0
