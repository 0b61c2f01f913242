from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.data import __main__ as command
from model.data.token_shards import TokenShards
from model.vocab import Vocabulary

pytest.importorskip("matplotlib")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def main(*arguments: object) -> None:
        monkeypatch.setattr(sys, "argv", ["model.data", *map(str, arguments)])
        command.main()

    return main


def test_command_makes_shards_and_report_of_a_folder(
    run: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All stages, tagging in a process of its own."""
    for name in ("jieba", "opencc", "pypinyin"):
        pytest.importorskip(name)
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "dev.txt").write_text("明天早上的火車非常準時啊\n", encoding="utf-8")
    text = "我们去银行，OK吧\n他们今天在学校里面读书呢\n\n他们今天在学校里面读书呢\n好的\n"
    (source / "a.txt").write_text(text, encoding="utf-8")
    labelled = tmp_path / "rows.tsv"
    labelled.write_text("1\t\tyinhang\t银行\tyin hang\tchat\t行:1:hang\n", encoding="utf-8")
    run(source, out, "--processes", 1, "--dev-share", 0, "--labelled", labelled)
    assert "| rows | 1 | 0.00 % | 2 | 0.000 % | 1 | 0.00 % |" in capsys.readouterr().out
    meta = json.loads((out / "meta.json").read_text(encoding="utf-8"))
    assert (meta["documents"], meta["repeated_lines"]) == (3, 1)
    vocabulary = Vocabulary.load(out / "vocab.tsv")
    (dev,), (train,) = (TokenShards(out, split).tokens for split in ("dev", "train"))
    assert (
        "".join(vocabulary.texts[i] for i in dev[1:-1].tolist()) == "明天早上的火车非常准时啊"
    )
    assert vocabulary.syllables[np.asarray(train)[5]] == "hang"
    assert "".join(vocabulary.texts[i] for i in train[:9].tolist()) == (
        "<begin>我们去银行，<latin>吧"
    )
    assert (out / "report" / "report.md").exists()


def test_command_reports_alone(
    run: Callable[..., None], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in data.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    run(tmp_path, "--report-only")
    assert "## Coverage" in capsys.readouterr().out
    assert (tmp_path / "report" / "report.md").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["OUT"], "the folder of text is needed", id="no source"),
        pytest.param(["OUT", "--report-only"], r"OUT/vocab\.tsv", id="nothing built"),
        pytest.param(["IN", "OUT"], r"no \.txt", id="no text"),
    ],
)
def test_command_says_what_is_missing(
    run: Callable[..., None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    paths = {"IN": tmp_path / "IN", "OUT": tmp_path / "OUT"}
    with pytest.raises(SystemExit) as stopped:
        run(*(paths.get(argument, argument) for argument in arguments))
    assert re.search(message, f"{stopped.value} {capsys.readouterr().err}")
