"""Whole runs over a tiny model: what is learned, judged, kept, and forgotten."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ime.errors import AssetError
from ime.personalize import forgetting, gate, training
from ime.personalize.models import Models
from ime.personalize.report import Reason, Refusal
from ime.personalize.training import RunRequest, run
from ime.personalize.training_split import TooFewSelectionsError
from ime.personalize.versions import AdapterFolder
from ime.userdb.draft_format import pack
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Mark, MarkKind, Selection
from model.finetune.options import TuneOptions
from model.finetune.progress import Progress
from model.mixture import MixtureScorer
from model.network.adapter import Adapter
from tests.tiny_network import tiny_assets

OPTIONS = TuneOptions(
    rank=4, alpha=8.0, epochs=4.0, batch_tokens=64, learning_rate=3e-2, replay_texts=6,
    replay_tokens=12, dropout=0.0, evaluations=4, contrast=0.0, syllable_share=0.5,
    temperature=1.0,
)  # fmt: skip
WORDS = (("背景", "bei jing"), ("世界", "shi jie"), ("你好", "ni hao"))
OTHERS = (("号界", "hao jie"), ("事景", "shi jing"))
Heard = list[Progress]


@pytest.fixture
def request_(tmp_path: Path) -> RunRequest:
    assets = tiny_assets(tmp_path / "assets")
    user = tmp_path / "user"
    return RunRequest(
        user / "user.sqlite",
        assets,
        user / "adapters",
        user / "documents.json",
        1,
        OPTIONS,
        OPTIONS,
    )


def write(
    request: RunRequest, count: int, first: int = 0, words: Sequence[tuple[str, str]] = WORDS
) -> None:
    log = SelectionLog(request.database, run=3)
    for i in range(first, first + count):
        text, syllables = words[i % len(words)]
        read = tuple(syllables.split())
        selection = Selection(
            LeftContext("北京，"), "x", read, ("是", text), text, i % 2, How.SPACE
        )
        log.append(Commit(i, text, read, (selection,)), float(i), Versions())
    log.close()


def learn(
    request: RunRequest, count: int, first: int = 0, words: Sequence[tuple[str, str]] = WORDS
) -> None:
    """Choices, and a run that is accepted."""
    write(request, count, first, words)
    report = run(request, lambda _: None)
    assert report.accepted, report.reasons


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model knows nothing general that could be kept, and a run few choices."""
    monkeypatch.setattr(gate, "GENERAL_LOSS", 1.0)
    monkeypatch.setattr(gate, "CHANCE", 1.0)


@pytest.fixture
def heard() -> Heard:
    return []


@pytest.mark.usefixtures("lenient")
def test_habit_is_learned_accepted_and_used(request_: RunRequest, heard: Heard) -> None:
    write(request_, 80)
    report = run(request_, heard.append)
    assert report.accepted, report.reasons
    assert report.held_out.after > report.held_out.before
    assert (report.version, report.parent, report.learned) == ("v0001", "", 68)
    assert report.rescued
    folder = AdapterFolder(request_.adapters)
    assert folder.active() == "v0001"
    assert folder.report() == report
    assert [one.stage for one in heard][:: max(1, len(heard) - 1)] == ["reading", "testing"]
    assert {one.stage for one in heard} == {"reading", "preparing", "training", "testing"}


@pytest.mark.usefixtures("lenient")
def test_second_run_goes_on_from_the_first_with_what_is_new(
    request_: RunRequest, heard: Heard
) -> None:
    write(request_, 80)
    first = run(request_, heard.append)
    with pytest.raises(TooFewSelectionsError):
        run(request_, heard.append)
    write(request_, 60, first=80, words=OTHERS)
    second = run(request_, heard.append)
    assert first.accepted
    assert second.accepted, second.reasons
    assert second.parent == "v0001"
    assert second.fresh == 61  # 12 were held out before, and 11 of 72 are held out now
    assert second.held_out.after >= second.held_out.before  # the first may know these words
    assert min(point.held_out for point in second.curve) < 0.95 * second.curve[0].held_out
    folder = AdapterFolder(request_.adapters)
    info = folder.versions()[1].info
    assert info is not None
    assert (info.parent, info.through) == ("v0001", 129)
    assert len(folder.runs()) == 2


HARMS = Refusal(Reason.GENERAL_LOST, cases=9, lost=3, allowed=1)


def test_adapter_that_harms_what_was_known_is_refused(
    request_: RunRequest, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "refusals", lambda *_: [HARMS])
    write(request_, 80)
    report = run(request_, heard.append)
    assert not report.accepted
    assert report.version == ""
    assert report.reasons == (HARMS,)
    folder = AdapterFolder(request_.adapters)
    assert (folder.active(), folder.names()) == ("", [])
    assert folder.report() == report


@pytest.mark.usefixtures("lenient")
def test_base_is_asked_about_general_sentences_once(
    request_: RunRequest, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(request_, 80)
    asked: list[Adapter | None] = []
    real = Models.scorer

    def counting(self: Models, adapter: Adapter | None, strength: float = 1.0) -> MixtureScorer:
        asked.append(adapter)
        return real(self, adapter, strength)

    monkeypatch.setattr(Models, "scorer", counting)
    assert run(request_, heard.append).accepted
    assert asked.count(None) == 2  # for the general sentences, and for the choices
    asked.clear()
    write(request_, 80, first=80)
    run(request_, heard.append)
    assert None not in asked


@pytest.mark.parametrize("rate", [OPTIONS.learning_rate, 0.0], ids=["gains", "gains nothing"])
@pytest.mark.usefixtures("lenient")
def test_every_stage_ends_with_all_done(
    request_: RunRequest, heard: Heard, rate: float
) -> None:
    write(request_, 80)
    options = replace(OPTIONS, learning_rate=rate)
    assert run(replace(request_, options=options), heard.append).accepted is (rate > 0)
    last = {one.stage: one for one in heard}
    assert list(last) == ["reading", "preparing", "training", "testing"][: 4 if rate else 3]
    assert [one.step for one in last.values()] == [one.total for one in last.values()]
    assert last["training"].seconds_left == 0


def test_progress_can_stop_a_run_anywhere(request_: RunRequest) -> None:
    class StopError(Exception):
        pass

    write(request_, 80)
    for stage in ("reading", "preparing", "training", "testing"):

        def stop(progress: Progress, stage: str = stage) -> None:
            if progress.stage == stage:
                raise StopError

        with pytest.raises(StopError):
            run(request_, stop)
        assert AdapterFolder(request_.adapters).active() == ""
        assert AdapterFolder(request_.adapters).names() == []


def test_missing_weights_are_told(request_: RunRequest, heard: Heard) -> None:
    write(request_, 80)
    (request_.assets / "weights" / "checkpoint.json").unlink()
    with pytest.raises(AssetError, match="asset_unreadable"):
        run(request_, heard.append)


@pytest.mark.usefixtures("lenient")
def test_damaged_version_in_use_is_not_gone_on_from(request_: RunRequest, heard: Heard) -> None:
    write(request_, 80)
    run(request_, heard.append)
    path = request_.adapters / "v0001.safetensors"
    path.write_bytes(path.read_bytes()[:-2])
    report = run(request_, heard.append)
    assert report.accepted, report.reasons
    assert (report.parent, report.version) == ("", "v0002")


@pytest.mark.usefixtures("lenient")
def test_forgotten_word_leaves_log_adapters_and_files(
    request_: RunRequest, heard: Heard
) -> None:
    learn(request_, 120)
    assert forgetting.traces_of("背景", [request_.database.parent])
    proof = forgetting.forget_word(request_, "背景", [request_.database.parent], heard.append)
    assert proof.removed == 40
    assert proof.versions == ("v0001",)
    assert proof.traces == ()
    assert proof.rebuilt is not None
    assert proof.rebuilt.parent == ""
    assert proof.before is not None
    assert proof.after is not None
    assert proof.after.probability < proof.before.probability
    assert "v0001" not in AdapterFolder(request_.adapters).names()


@pytest.mark.usefixtures("lenient")
def test_word_that_no_version_learned_costs_no_version(
    request_: RunRequest, heard: Heard
) -> None:
    learn(request_, 80)
    write(request_, 3, first=80, words=(("号景", "hao jing"),))
    proof = forgetting.forget_word(request_, "号景", [request_.database.parent], heard.append)
    assert (proof.removed, proof.versions, proof.rebuilt) == (3, (), None)
    assert AdapterFolder(request_.adapters).active() == "v0001"
    assert proof.traces == ()


@pytest.mark.usefixtures("lenient")
def test_forgotten_period_takes_the_versions_that_saw_it(
    request_: RunRequest, heard: Heard
) -> None:
    learn(request_, 80)
    learn(request_, 80, first=80, words=OTHERS)
    proof = forgetting.forget_period(request_, 90.0, 100.0, heard.append)
    assert (proof.removed, proof.versions) == (10, ("v0002",))
    assert proof.rebuilt is not None
    assert proof.rebuilt.parent == "v0001"


@pytest.mark.usefixtures("lenient")
def test_everything_is_forgotten(request_: RunRequest, heard: Heard) -> None:
    write(request_, 80)
    run(request_, heard.append)
    proof = forgetting.forget_everything(request_, heard.append)
    assert (proof.removed, proof.versions) == (80, ("v0001",))
    assert AdapterFolder(request_.adapters).names() == []
    assert forgetting.traces_of("背景", [request_.database.parent]) == []


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be"])
def test_traces_are_found_in_any_writing(tmp_path: Path, code: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "file").write_bytes(b"x" * 99 + "背景".encode(code) + b"y")
    (tmp_path / "clean").write_bytes("背。景".encode(code))
    assert forgetting.traces_of("背景", [tmp_path]) == [str(tmp_path / "sub" / "file")]


@pytest.mark.parametrize("capitals", [False, True])
def test_traces_are_found_as_json_escapes_them(tmp_path: Path, capitals: bool) -> None:
    written = r"\u80CC\u666F" if capitals else json.dumps("背景")
    (tmp_path / "draft-1.json").write_text(written)
    assert forgetting.traces_of("背景", [tmp_path]) == [str(tmp_path / "draft-1.json")]


@pytest.mark.usefixtures("lenient")
def test_a_word_is_forgotten_where_the_models_are_damaged(
    request_: RunRequest, heard: Heard
) -> None:
    write(request_, 5)
    (request_.assets / "vocab.tsv").write_bytes(b"\xff")
    proof = forgetting.forget_word(request_, "背景", [request_.database.parent], heard.append)
    assert proof.removed > 0
    assert proof.before is None
    assert proof.traces == ()


def test_trace_across_two_reads_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_LARGEST", 10)
    (tmp_path / "file").write_bytes(b"x" * 8 + "背景".encode() + b"y" * 30)
    assert forgetting.traces_of("背景", [tmp_path]) == [str(tmp_path / "file")]


@pytest.mark.usefixtures("lenient")
def test_work_of_a_second_run_grows_with_what_is_new_and_not_with_the_log(
    request_: RunRequest,
) -> None:
    """Counted in steps of training and in conversions, which take nearly all of the time.

    No run ends early: whether it does hangs on the last bits of what the processor computes.
    """
    whole_runs = replace(request_, options=replace(OPTIONS, stale=-math.inf))

    def work(
        count: int, first: int, words: Sequence[tuple[str, str]] = WORDS
    ) -> tuple[int, int]:
        write(request_, count, first=first, words=words)
        totals = {"training": 0, "testing": 0}

        def note(progress: Progress) -> None:
            if progress.stage in totals:
                totals[progress.stage] = max(totals[progress.stage], progress.step)

        run(whole_runs, note)
        return totals["training"], totals["testing"]

    whole = work(300, first=0)
    little = work(60, first=300, words=OTHERS)
    assert AdapterFolder(request_.adapters).names()
    # 60 new ones, what was held out before (45), and half as many older ones; 300 before.
    assert little[0] <= 0.65 * whole[0]
    assert little[1] < whole[1]


@pytest.mark.usefixtures("lenient")
def test_forgetting_leaves_no_trace_while_the_window_holds_the_log(
    request_: RunRequest, heard: Heard
) -> None:
    """The window's own connection stays open, with its write-ahead log and shared memory."""
    learn(request_, 80)
    window = SelectionLog(request_.database, run=9)
    read = ("bei", "jing")
    selection = Selection(LeftContext("看背景，"), "x", read, ("背景",), "背景", 0, How.SPACE)
    window.append(Commit(1, "背景", read, (selection,)), 1e3, Versions())
    window.set_mark(Mark(MarkKind.PINNED, "bj", read, "背景"), 1e3)
    user = request_.database.parent
    (user / "drafts").mkdir()
    (user / "drafts" / "draft-1.json").write_bytes(pack({}, "看背景"))
    assert (user / "user.sqlite-wal").stat().st_size
    assert len(forgetting.traces_of("背景", [user])) >= 2
    proof = forgetting.forget_word(request_, "背景", [user], heard.append)
    assert (proof.traces, proof.drafts) == ((), 1)
    assert (proof.before is None, proof.after is None) == (False, False)
    assert forgetting.traces_of("背景", [user]) == []
    (user / "drafts" / "text").write_text("背景", encoding="utf-16")
    assert forgetting.traces_of("背景", [user]) == [str(user / "drafts" / "text")]
    assert window.marks() == []
    window.close()
