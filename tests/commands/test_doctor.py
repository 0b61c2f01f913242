from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from ime.commands import doctor
from ime.commands.doctor import Finding, Verdict
from ime.errors import AssetError, EnvironmentFaultError, Message
from ime.session.runner import SyncRunner
from ime.settings import Folders, LoadedSettings, Settings
from ime.userdb.selection_log import SelectionLog, Versions
from ime.values import Commit, How, LeftContext, Selection
from tests.fakes import FakeConverter


def verdicts(findings: Iterable[Finding]) -> dict[str, Verdict]:
    return {finding.name: finding.verdict for finding in findings}


def only(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_examine_is_healthy_with_notes_only() -> None:
    out = io.StringIO()
    fine = Finding("a", Verdict.OK, "fine")
    note = Finding("b", Verdict.NOTE, "slow", "be patient")
    assert doctor.examine([lambda: [fine], lambda: [note]], out)
    assert "-> be patient" in out.getvalue()
    assert out.getvalue().endswith("everything works\n")


def test_examine_is_not_healthy_with_one_thing_broken() -> None:
    out = io.StringIO()
    broken = Finding("b", Verdict.BROKEN, "gone", "get it back")
    assert not doctor.examine([lambda: [broken]], out)
    assert out.getvalue().endswith("1 broken\n")


def test_versions_name_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("msgspec", "no-such-package"))
    found = verdicts(doctor.check_versions())
    assert found["python"] is Verdict.OK
    assert found["msgspec"] is Verdict.OK
    assert found["no-such-package"] is Verdict.BROKEN


def test_versions_refuse_an_old_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 0))
    assert verdicts(doctor.check_versions())["sqlite"] is Verdict.BROKEN


def test_screen_is_a_note_where_there_is_none() -> None:
    def probe() -> None:
        raise EnvironmentFaultError("no screen here")

    assert only(doctor.check_screen(probe)).verdict is Verdict.NOTE
    assert only(doctor.check_screen(lambda: None)).verdict is Verdict.OK


def test_assets_count_what_is_intact(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("x")
    (tmp_path / "MANIFEST").write_text("here\twrong\ta\tb\nabsent\tx\ta\tb\n")
    *each, summary = doctor.check_assets(tmp_path)
    assert [finding.verdict for finding in each] == [Verdict.BROKEN] * 2
    assert summary.text.startswith("0 of 2")
    assert summary.verdict is Verdict.BROKEN


def test_assets_without_a_manifest_are_broken(tmp_path: Path) -> None:
    assert only(doctor.check_assets(tmp_path)).verdict is Verdict.BROKEN


def test_settings_report_each_notice(folders: Folders) -> None:
    loaded = LoadedSettings(Settings(), (Message("window.loading"), Message("window.copied")))
    assert len(list(doctor.check_settings(loaded, folders))) == 2
    assert (
        only(doctor.check_settings(LoadedSettings(Settings()), folders)).verdict is Verdict.OK
    )


def _fresh(folders: Folders) -> None:
    del folders


def _made(folders: Folders) -> None:
    for folder in (folders.config, folders.data, folders.cache):
        folder.mkdir(mode=0o700, parents=True)


def _open_to_others(folders: Folders) -> None:
    _made(folders)
    for folder in (folders.config, folders.data, folders.cache):
        folder.chmod(0o755)


def _blocked(folders: Folders) -> None:
    folders.config.parent.mkdir()
    for folder in (folders.config, folders.data, folders.cache):
        folder.write_text("a file where the folder should be")


@pytest.mark.parametrize(
    ("prepare", "verdict"),
    [
        (_fresh, Verdict.OK),
        (_made, Verdict.OK),
        (_open_to_others, Verdict.NOTE),
        (_blocked, Verdict.BROKEN),
    ],
    ids=["fresh", "made", "open-to-others", "blocked"],
)
def test_folders_are_writable_and_private(
    folders: Folders, prepare: Callable[[Folders], None], verdict: Verdict
) -> None:
    prepare(folders)
    found = verdicts(doctor.check_folders(folders))
    assert found == dict.fromkeys(("config", "data", "cache"), verdict)
    assert all(f.advice for f in doctor.check_folders(folders) if f.verdict is not Verdict.OK)


def test_folders_that_cannot_be_written_are_broken(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(folders)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    assert set(verdicts(doctor.check_folders(folders)).values()) == {Verdict.BROKEN}


def test_selections_are_counted_without_making_a_database(folders: Folders) -> None:
    assert only(doctor.check_selections(folders.database)).text == "none yet"
    assert not folders.database.exists()
    log = SelectionLog(folders.database, run=1)
    chosen = Selection(LeftContext(), "ni", ("ni",), ("你",), "你", 0, How.SPACE)
    log.append(Commit(1, "你", selections=(chosen,)), 0.0, Versions())
    log.close()
    assert only(doctor.check_selections(folders.database)).text.startswith("1 in ")


def test_selections_in_a_damaged_database_are_broken_and_left_alone(folders: Folders) -> None:
    _made(folders)
    folders.database.write_bytes(b"garbage" * 1000)
    finding = only(doctor.check_selections(folders.database))
    assert finding.verdict is Verdict.BROKEN
    assert folders.database.read_bytes() == b"garbage" * 1000


def test_typing_shows_candidates_and_ten_times() -> None:
    found = {f.name: f for f in doctor.check_typing(lambda _: SyncRunner(FakeConverter()))}
    assert found["candidates"].text == "nihaoshiji -> 你好世界"
    assert len(found["keys"].text.split()[2:-1]) == 10
    assert found["keys"].verdict is Verdict.OK


def test_typing_with_slow_keys_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SLOW_KEY_MS", 0.0)
    found = {f.name: f for f in doctor.check_typing(lambda _: SyncRunner(FakeConverter()))}
    assert found["keys"].verdict is Verdict.NOTE


def test_typing_without_candidates_is_broken() -> None:
    class Silent(FakeConverter):
        def convert(self, request, stale=None):  # type: ignore[no-untyped-def]
            return None

    assert verdicts(doctor.check_typing(lambda _: SyncRunner(Silent())))["candidates"] is (
        Verdict.BROKEN
    )


def test_typing_without_a_model_is_broken() -> None:
    def no_weights(_: object) -> SyncRunner:
        raise AssetError("weights are missing; install Moyin again")

    assert only(doctor.check_typing(no_weights)).verdict is Verdict.BROKEN


def test_typing_that_raises_is_broken() -> None:
    class Damaged(FakeConverter):
        def convert(self, request, stale=None):  # type: ignore[no-untyped-def]
            raise ValueError("math domain error")

    found = only(doctor.check_typing(lambda _: SyncRunner(Damaged())))
    assert (found.verdict, found.text) == (Verdict.BROKEN, "fails with ValueError")


def test_typing_at_a_lower_tier_is_broken() -> None:
    def without_torch(notify: Callable[[str], None]) -> SyncRunner:
        notify("the Transformer cannot be used")
        return SyncRunner(FakeConverter())

    first, *_ = doctor.check_typing(without_torch)
    assert (first.verdict, first.text) == (Verdict.BROKEN, "the Transformer cannot be used")
