"""Typing into real programs under Xvfb, through the daemon and the toolkits' own modules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ibus.daemon import Daemon, Editor, killed_at_end
from tests.ibus.programs import Program, Toolkit, lacking, lacking_for, x_server


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    if missing := lacking():
        pytest.skip(f"not installed: {missing}")
    with x_server() as display:
        daemon = Daemon(tmp_path_factory.mktemp("programs"), {"DISPLAY": display})
        with killed_at_end(daemon):
            yield daemon


@pytest.mark.parametrize("toolkit", Toolkit)
def test_typing_into_a_program(desktop: Daemon, toolkit: Toolkit) -> None:
    if missing := lacking_for(toolkit):
        pytest.skip(f"not installed: {missing}")
    with Program(desktop, toolkit) as program:
        chooser = Editor(desktop)
        chooser.choose()
        program.type("nihao")
        program.is_("preedit", "nihao")
        program.tool("key", "space")
        program.is_("first", "你好")
        program.type("shijie1,hello")
        program.tool("key", "Return")
        program.is_("first", "你好世界，hello")
        program.tool("key", "BackSpace")
        program.is_("first", "你好世界，hell")
        program.type("hao")
        program.is_("preedit", "hao")
        program.focus("second")
        program.is_("first", "你好世界，hellhao")
        program.is_("preedit", "")
        program.is_("second", "")
        program.focus("password")
        program.type("geheim1")
        program.is_("password", "geheim1")
        chooser.close()
    kept = [p for p in desktop.folder.rglob("*") if p.is_file() and b"geheim" in p.read_bytes()]
    assert kept == []
