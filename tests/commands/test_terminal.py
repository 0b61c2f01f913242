from __future__ import annotations

import io

import pytest

from ime.commands.terminal import converse, paint
from ime.session.runner import SyncRunner


def said(runner: SyncRunner, *lines: str) -> tuple[str, str]:
    out = io.StringIO()
    text = converse(runner, [line + "\n" for line in lines], out)
    return text, out.getvalue()


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        pytest.param(("nihao", "1"), "你好", id="digit"),
        pytest.param(("nihao1",), "你好", id="digit-on-the-line"),
        pytest.param(("nihao", ""), "你好", id="enter-alone"),
        pytest.param(("nihao,shijie2",), "你好，视界", id="punctuation"),
        pytest.param(("nihao", ":esc", "ni", "1"), "你", id="esc"),
        pytest.param(("nihao1", ":undo"), "你", id="undo"),
        pytest.param(("ni", "=", "1"), "腻", id="page"),
        pytest.param(("nihao", ":quit", "1"), "", id="quit"),
        pytest.param(("nihao", "3", "1"), "你好", id="in-pieces"),
        pytest.param((), "", id="nothing"),
    ],
)
def test_converse_writes_what_the_window_would(
    runner: SyncRunner, lines: tuple[str, ...], text: str
) -> None:
    assert said(runner, *lines)[0] == text


def test_converse_shows_the_preedit_and_the_page(runner: SyncRunner) -> None:
    _, shown = said(runner, "nihao")
    assert "  ni hao\n  1 你好  2 拟好  3 你  4 尼  5 泥 >\n" in shown


def test_paint_marks_pages_before_and_after(runner: SyncRunner) -> None:
    assert paint(runner) == []
    runner.type("ni=")
    assert paint(runner)[1] == "  < 1 腻  2 拟"
