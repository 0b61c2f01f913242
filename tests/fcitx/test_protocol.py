"""What goes over the socket to the addon; no fcitx5 is needed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ime.desktop.client import Table
from ime.desktop.front import Front
from ime.errors import EnvironmentFaultError
from ime.fcitx.addon import Addon, GoneError
from ime.fcitx.lines import fields_of, line_of
from ime.fcitx.serve import listen, socket_path

if not hasattr(socket, "AF_UNIX"):
    pytest.skip("no unix sockets here", allow_module_level=True)


class Recording:
    """A front that takes every key and writes down what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.context = SimpleNamespace(turn=lambda delta: self.calls.append(("turn", delta)))

    def process_key(self, engine: Any, *key: Any) -> None:
        *numbers, answer = key
        self.calls.append(("key", engine.target, *numbers))
        answer(True)

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **named: self.calls.append(
            (name, *(getattr(one, "target", one) for one in args), *named.values())
        )


class Ends:
    """The engine's end of a socket, and the addon's."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.recording = Recording()
        self.front = cast("Front", self.recording)
        self.addon = Addon()
        self.addon.attach(ours, self.front)

    def say(self, *fields: object) -> None:
        self.theirs.sendall(line_of(*fields))
        self.addon.receive(self.front)

    def heard(self) -> list[list[str]]:
        self.theirs.setblocking(False)
        try:
            return [fields_of(line) for line in self.theirs.recv(1 << 16).splitlines()]
        except BlockingIOError:
            return []

    def close(self) -> None:
        self.addon.detach(self.front)
        self.theirs.close()


@pytest.fixture
def ends() -> Iterator[Ends]:
    both = Ends()
    both.say("hello", "1")
    yield both
    both.close()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_fields_come_back_as_they_were(fields: list[str]) -> None:
    line = line_of(*fields)
    assert line.count(b"\n") == 1
    assert fields_of(line.removesuffix(b"\n")) == fields


def test_a_key_is_answered(ends: Ends) -> None:
    ends.say("key", 7, "w", ord("n"), 49, 0)
    assert ends.recording.calls == [("key", "w", ord("n"), 49, 0)]
    assert ends.heard() == [["answer", "7", "1"]]


@pytest.mark.parametrize(
    "line",
    [
        ("key", "7", "w", "n", "49", "0"),
        ("key", "7", "w"),
        ("key", "7"),
    ],
)
def test_a_key_that_means_nothing_is_answered_all_the_same(
    ends: Ends, line: tuple[str, ...]
) -> None:
    ends.say(*line)
    assert ends.heard() == [["answer", "7", "0"]]


@pytest.mark.parametrize("line", [("",), ("turn", "much"), ("focus",), ("dance", "w")])
def test_a_line_that_means_nothing_does_no_harm(ends: Ends, line: tuple[str, ...]) -> None:
    ends.say(*line)
    assert ends.heard() == []
    ends.say("turn", "1")
    assert ends.recording.calls[-1] == ("turn", 1)


def test_lines_may_come_in_pieces(ends: Ends) -> None:
    for byte in line_of("focus", "w", "程序\t一"):
        ends.theirs.sendall(bytes([byte]))
        ends.addon.receive(ends.front)
    assert ends.recording.calls == [("focus_in", "w")]


def test_what_is_shown_is_sent(ends: Ends) -> None:
    ends.addon.commit("w", "一\n二")
    ends.addon.show_table(
        "w", Table(("你", "尼"), 0, 5, 0, before=False, behind=True, vertical=False)
    )
    ends.addon.show_table("w", None)
    assert ends.heard() == [
        ["commit", "w", "一\n二"],
        ["table", "w", "0", "0", "1", "0", "你", "尼"],
        ["table", "w", "-1", "0", "0", "0"],
    ]


def test_another_version_is_refused() -> None:
    both = Ends()
    with pytest.raises(GoneError):
        both.say("hello", "2")
    both.close()


def test_an_addon_that_ended_is_noticed_and_its_windows_left(ends: Ends) -> None:
    ends.say("focus", "w", "program")
    ends.theirs.close()
    ends.addon.commit("w", "nobody reads it")
    with pytest.raises(GoneError):
        ends.addon.receive(ends.front)
    ends.addon.detach(ends.front)
    assert ends.recording.calls[-1] == ("focus_out", "w")


def test_only_the_user_may_connect_and_one_engine_listens(tmp_path: Path) -> None:
    path = socket_path({"XDG_RUNTIME_DIR": str(tmp_path)})
    first = listen(path)
    assert first is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert listen(path) is None
    first.close()
    second = listen(path)  # what a killed engine left is no hindrance
    assert second is not None
    second.close()


def test_a_session_without_a_folder_for_sockets_is_told() -> None:
    with pytest.raises(EnvironmentFaultError):
        socket_path({})
