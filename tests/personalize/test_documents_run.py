"""Whole runs over documents with a tiny model: learned, judged, followed and forgotten."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ime.personalize import forgetting, gate, material, training
from ime.personalize.documents.sources import Sources
from ime.personalize.report import RunReport
from ime.personalize.training import RunRequest, run
from ime.personalize.training_split import TooFewSelectionsError
from ime.personalize.versions import AdapterFolder
from model.finetune.options import TuneOptions
from model.finetune.progress import Progress
from model.network.adapter import DENSE, Adapter, base_digest
from model.ngram.trie import ORDER
from tests.tiny_network import tiny_assets

OPTIONS = TuneOptions(
    rank=4, alpha=8.0, epochs=6.0, batch_tokens=64, learning_rate=3e-2, replay_texts=6,
    replay_tokens=12, dropout=0.0, evaluations=4, contrast=0.0, syllable_share=0.5,
)  # fmt: skip


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
        options=OPTIONS,
        of_documents=OPTIONS,
    )


@pytest.fixture(autouse=True)
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model knows nothing general that could be kept, and documents are short."""
    monkeypatch.setattr(gate, "GENERAL_LOSS", 1.0)
    monkeypatch.setattr(material, "FEWEST_HANZI", 100)


class KilledError(Exception):
    pass


def silent(_: Progress) -> None:
    pass


def kill(progress: Progress) -> None:
    """End a run behind its first measurement."""
    behind = progress.total / OPTIONS.evaluations + 1
    if progress.stage == "training" and progress.step > behind:
        raise KilledError


def write(folder: Path, name: str, text: str, seconds: int) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.txt"
    # No two lines alike, because what stands twice is read once.
    lines = (f"{text}，{text * (1 + i % 3)}。{'好' * (i // 3)}" for i in range(30))
    path.write_text("\n".join(lines), encoding="utf-8")
    os.utime(path, (seconds, seconds))
    return path


@pytest.fixture
def folder(tmp_path: Path, request_: RunRequest) -> Path:
    """Two documents, on the list."""
    made = tmp_path / "writing"
    write(made, "old", "背景世界", 100)
    write(made, "new", "背景世界你好", 200)
    Sources(request_.documents).add([made])
    return made


def learned(request: RunRequest) -> RunReport:
    report = run(request, silent)
    assert report.accepted, report.reasons
    return report


def digests(request: RunRequest) -> set[str]:
    """Of the documents that the version in use learned from."""
    (active,) = [one for one in AdapterFolder(request.adapters).versions() if one.active]
    assert active.info is not None
    return set(active.info.documents)


@pytest.fixture
def dense(request_: RunRequest, monkeypatch: pytest.MonkeyPatch) -> RunRequest:
    """A request for which all text is much."""
    monkeypatch.setattr(training, "MANY_HANZI", 100)
    monkeypatch.setattr(training, "MOST_SEEN", 3000)
    options = replace(
        OPTIONS, rank=DENSE, learning_rate=3e-3, weight_decay=0.0, mixed=False, replay=0.0
    )
    return replace(request_, of_documents=options)


def adapter(request: RunRequest) -> Adapter:
    """Of the version in use."""
    folder = AdapterFolder(request.adapters)
    return folder.load(folder.active(), base_digest(request.assets / "weights"))


def test_much_text_trains_every_weight_and_brings_shares_and_counts(
    dense: RunRequest, folder: Path
) -> None:
    first = learned(dense)
    made = adapter(dense)
    assert made.info.rank == DENSE
    assert len(made.info.shares) == ORDER - 1
    assert made.written is not None
    assert made.written.sum() == first.hanzi
    epochs = made.info.steps * OPTIONS.batch_tokens / first.hanzi
    assert epochs < 1.5 * 3000 / first.hanzi  # marks are tokens, too
    write(folder, "later", "事景号界", 300)
    second = learned(dense)
    again = adapter(dense)
    assert again.info.rank == DENSE
    assert again.written is not None
    assert again.written.sum() == first.hanzi + second.hanzi


def test_choices_go_on_from_much_text_with_every_weight(
    dense: RunRequest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned(dense)
    monkeypatch.setattr(training, "MANY_HANZI", 10**6)
    write(folder, "later", "事景号界", 300)
    assert run(dense, silent).parent == "v0001"
    assert adapter(dense).info.rank == DENSE


def test_run_that_was_killed_is_gone_on_with(dense: RunRequest, folder: Path) -> None:
    steps: list[int] = []

    def note(progress: Progress) -> None:
        if progress.stage == "training":
            steps.append(progress.step)

    with pytest.raises(KilledError):
        run(dense, kill)
    assert AdapterFolder(dense.adapters).unfinished.exists()
    run(dense, note)
    assert steps[0] > 1
    assert not AdapterFolder(dense.adapters).unfinished.exists()


def test_what_is_forgotten_is_in_no_unfinished_run(dense: RunRequest, folder: Path) -> None:
    with pytest.raises(KilledError):
        run(dense, kill)
    assert AdapterFolder(dense.adapters).unfinished.exists()
    forgetting.forget_word(dense, "你好", [], silent)
    assert not AdapterFolder(dense.adapters).unfinished.exists()


@pytest.mark.usefixtures("folder")
def test_documents_are_learned_without_any_choice(request_: RunRequest) -> None:
    report = learned(request_)
    assert (report.version, report.learned) == ("v0001", 0)
    assert report.hanzi > 400
    assert report.held_out.count > 10
    assert report.held_out.after > report.held_out.before
    assert len(digests(request_)) == 2
    with pytest.raises(TooFewSelectionsError):  # nothing is new
        run(request_, silent)


def test_new_document_is_learned_beside_some_of_the_old(
    request_: RunRequest, folder: Path
) -> None:
    first = learned(request_)
    write(folder, "later", "事景号界", 300)
    second = run(request_, silent)
    assert (second.parent, second.hanzi < first.hanzi) == ("v0001", True)
    assert second.accepted, second.reasons
    assert len(digests(request_)) == 3


def test_report_and_list_keep_no_text_around_the_cases(
    request_: RunRequest, folder: Path
) -> None:
    report = learned(request_)
    assert report.rescued
    assert not any(one.context for one in (*report.rescued, *report.broken))


def test_document_that_has_grown_is_gone_on_with(request_: RunRequest, folder: Path) -> None:
    learned(request_)
    with (folder / "new.txt").open("a", encoding="utf-8") as file:
        file.write("\n" + "事景号界，" * 60)
    report = run(request_, silent)
    assert report.parent == "v0001"


def test_what_was_learned_of_a_vanished_document_is_not_gone_on_with(
    request_: RunRequest, folder: Path
) -> None:
    learned(request_)
    (folder / "old.txt").unlink()
    report = learned(request_)
    assert (report.version, report.parent) == ("v0002", "")
    assert len(digests(request_)) == 1


def test_document_taken_back_takes_its_versions_and_the_rest_is_learned_anew(
    request_: RunRequest, folder: Path
) -> None:
    learned(request_)
    proof = forgetting.forget_documents(request_, [folder / "old.txt"], silent)
    assert (proof.documents, proof.versions) == (1, ("v0001",))
    assert proof.rebuilt is not None
    assert proof.rebuilt.parent == ""
    assert len(digests(request_)) == 1


def test_document_that_no_version_learned_costs_none(
    request_: RunRequest, folder: Path
) -> None:
    learned(request_)
    later = write(folder, "later", "事景", 300)
    sources = Sources(request_.documents)
    sources.survey()
    proof = forgetting.forget_documents(request_, [later], silent)
    assert (proof.documents, proof.versions, proof.rebuilt) == (1, (), None)
    assert AdapterFolder(request_.adapters).active() == "v0001"


def test_forgotten_word_is_learned_from_no_document(request_: RunRequest, folder: Path) -> None:
    learned(request_)
    user = request_.database.parent
    proof = forgetting.forget_word(request_, "你好", [user], silent)
    assert (proof.documents, proof.versions, proof.traces) == (1, ("v0001",), ())
    for _, prose in Sources(request_.documents).read():
        assert not any("你好" in one for one in prose.paragraphs)


def test_everything_forgotten_is_the_list_too(request_: RunRequest, folder: Path) -> None:
    learned(request_)
    proof = forgetting.forget_everything(request_, silent)
    assert (proof.documents, proof.versions) == (2, ("v0001",))
    assert not request_.documents.exists()
