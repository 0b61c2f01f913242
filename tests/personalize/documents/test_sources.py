from __future__ import annotations

import os
from pathlib import Path

import pytest

from ime.errors import StoreError
from ime.personalize.documents import sources as module
from ime.personalize.documents.sources import Sources, SourcesError, digests_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "writing"
    (made / "sub").mkdir(parents=True)
    write(made / "a10.txt", "第十篇文章在这里", 100)
    write(made / "a9.txt", "第九篇文章在这里", 100)
    write(made / "sub" / "b.txt", "最早写的文章", 50)
    write(made / ".hidden.txt", "藏起来的", 10)
    write(made / "picture.png", "不是文字", 10)
    return made


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path / "user" / "documents.json")


def write(path: Path, text: str, seconds: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (seconds, seconds))


def names(sources: Sources) -> list[str]:
    return [Path(one.path).name for one in sources.files]


def texts(sources: Sources) -> list[str]:
    return ["|".join(prose.paragraphs) for _, prose in sources.read()]


def test_folder_is_read_with_all_below_it_oldest_first(folder: Path, sources: Sources) -> None:
    sources.add([folder])
    assert names(sources) == ["b.txt", "a9.txt", "a10.txt"]
    assert [one.hanzi for one in sources.files] == [6, 8, 8]
    assert texts(sources) == ["最早写的文章", "第九篇文章在这里", "第十篇文章在这里"]


def test_list_keeps_no_text(tmp_path: Path, folder: Path, sources: Sources) -> None:
    sources.add([folder])
    sources.leave_out("文章")
    for path in (tmp_path / "user").iterdir():
        assert "文章" not in path.read_text(encoding="utf-8")
    assert (tmp_path / "user" / "documents.json").stat().st_mode & 0o777 == 0o600


def test_list_is_the_same_when_it_is_opened_again(
    tmp_path: Path, folder: Path, sources: Sources
) -> None:
    sources.add([folder])
    again = Sources(tmp_path / "user" / "documents.json")
    assert (again.paths, again.files) == (sources.paths, sources.files)


def test_changes_on_the_disk_are_followed(folder: Path, sources: Sources) -> None:
    sources.add([folder])
    before = digests_of(sources.files)
    write(folder / "a9.txt", "第九篇文章写完了", 300)
    write(folder / "n.txt", "新的", 200)
    (folder / "sub" / "b.txt").unlink()
    gone = sources.files[0].digest
    sources.survey()
    assert names(sources) == ["a10.txt", "n.txt", "a9.txt"]
    assert digests_of(sources.files) >= before - {gone}
    assert gone not in digests_of(sources.files)
    assert texts(sources)[-1] == "第九篇文章写完了"


def test_file_is_struck_off_and_stays_off(folder: Path, sources: Sources) -> None:
    sources.add([folder])
    gone = sources.remove(folder / "a9.txt")
    assert [Path(one.path).name for one in gone] == ["a9.txt"]
    sources.survey()
    assert names(sources) == ["b.txt", "a10.txt"]
    sources.add([folder / "a9.txt"])
    assert names(sources) == ["b.txt", "a9.txt", "a10.txt"]


def test_folder_is_taken_back_with_all_below_it(folder: Path, sources: Sources) -> None:
    sources.add([folder])
    assert len(sources.remove(folder)) == 3
    assert (sources.paths, sources.files) == ((), ())


def test_file_that_another_path_names_stays(folder: Path, sources: Sources) -> None:
    sources.add([folder, folder / "a9.txt"])
    assert len(sources.files) == 3
    gone = sources.remove(folder)
    assert names(sources) == ["a9.txt"]
    assert len(gone) == 2


def test_same_text_under_two_names_is_learned_once(folder: Path, sources: Sources) -> None:
    write(folder / "copy.txt", "第九篇文章在这里", 400)
    sources.add([folder])
    assert texts(sources).count("第九篇文章在这里") == 1


def test_lines_with_a_forgotten_word_are_learned_no_more(
    folder: Path, sources: Sources
) -> None:
    write(folder / "a9.txt", "今天去爬山\n明天见张三\n后天下雨", 100)
    sources.add([folder])
    found = sources.leave_out("张三")
    assert [Path(one.path).name for one in found] == ["a9.txt"]
    assert texts(sources)[1] == "今天去爬山|后天下雨"
    write(folder / "later.txt", "又见到张三了", 500)
    assert texts(sources)[-1] == ""
    assert sources.leave_out("李四") == []


def test_files_that_cannot_be_read_are_listed_with_why(folder: Path, sources: Sources) -> None:
    (folder / "bad.txt").write_bytes(b"\0\1")
    sources.add([folder])
    (bad,) = [one for one in sources.files if one.problem is not None]
    assert Path(bad.path).name == "bad.txt"
    assert len(texts(sources)) == 3


@pytest.mark.parametrize(
    ("name", "code"), [("none", "missing"), ("picture.png", "kind")], ids=["missing", "kind"]
)
def test_what_cannot_be_added_is_told(
    folder: Path, sources: Sources, name: str, code: str
) -> None:
    with pytest.raises(SourcesError, match=f"documents.fault.{code}"):
        sources.add([folder / name])
    assert sources.paths == ()


def test_what_is_not_listed_cannot_be_removed(folder: Path, sources: Sources) -> None:
    with pytest.raises(SourcesError, match="not_listed"):
        sources.remove(folder)


def test_whole_disk_is_refused(
    folder: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 2)
    with pytest.raises(SourcesError, match="too_many"):
        sources.add([folder])


@pytest.mark.parametrize("data", [b"", b"{", b'{"files": 3}'])
def test_damaged_list_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"documents\.fault\.list"):
        Sources(path)
