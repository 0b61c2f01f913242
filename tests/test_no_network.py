"""A running Moyin opens no socket but those of the machine's own desktop (AF_UNIX).

Two watches on real processes: Python's audit events, which see every attempt of Python code
however short, and the system's list of open sockets, which sees those of libraries as well.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ime.settings import Folders

REPOSITORY = Path(__file__).parents[1]
CAUGHT = 97
PATIENCE = 60.0  # seconds; a busy machine takes ten to load everything

WATCH = f"""
import os, socket, sys

HARMLESS = {{"socket.gethostname"}}

def watch(event, args):
    if event.startswith("socket.") and event not in HARMLESS:
        family = args[1] if event == "socket.__new__" else getattr(args[0], "family", None)
        if family != socket.AF_UNIX:
            os.write(2, f"network: {{event}} {{args[1:]}}\\n".encode())
            os._exit({CAUGHT})

sys.addaudithook(watch)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's list of open sockets"),
]


@pytest.fixture
def environment(tmp_path: Path, folders: Folders) -> dict[str, str]:
    """Python starts with the watch; there is no screen."""
    watched = tmp_path / "watched"
    watched.mkdir()
    (watched / "sitecustomize.py").write_text(WATCH)
    kept = {name: v for name, v in os.environ.items() if "DISPLAY" not in name}
    return kept | {"PYTHONPATH": f"{watched}{os.pathsep}{REPOSITORY}"}


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def sockets_of(pid: int) -> set[str]:
    """Inodes of a process's open sockets that are not AF_UNIX."""
    local = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    # The table is older than what follows: a local socket opened between is looked for again.
    found = _open_sockets(pid) - local
    if found:
        local = {
            line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]
        }
        found = (found & _open_sockets(pid)) - local
    return found


def _open_sockets(pid: int) -> set[str]:
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target.removeprefix("socket:[").removesuffix("]"))
    return inodes


def watch_until(process: subprocess.Popen[str], done: Callable[[], bool]) -> set[str]:
    """Look at the sockets again and again; what was seen in all."""
    seen: set[str] = set()
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "it never got that far"
        seen |= sockets_of(process.pid)
    return seen | sockets_of(process.pid)


def test_the_watch_on_attempts_catches_one(environment: dict[str, str]) -> None:
    script = "import socket; socket.socket().close()"
    with started(["-c", script], environment) as process:
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == CAUGHT, output
    assert "network: socket.__new__" in output


def test_the_watch_on_open_sockets_sees_one(environment: dict[str, str]) -> None:
    script = (
        "import socket; pair = socket.socketpair(); server = socket.socket();"
        "print('open', flush=True); input()"
    )
    with started(["-S", "-c", script], environment) as process:  # -S: without the other watch
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert len(_open_sockets(process.pid)) == 3
        assert len(sockets_of(process.pid)) == 1


def test_a_test_that_reaches_for_the_network_fails() -> None:
    with socket.socket() as client, pytest.raises(AssertionError, match=r"socket\.connect"):
        client.connect(("127.0.0.1", 9))
    with pytest.raises(AssertionError, match="getaddrinfo"):
        socket.getaddrinfo("localhost", 80)


def test_the_window_opens_no_socket(environment: dict[str, str], folders: Folders) -> None:
    environment |= {"QT_QPA_PLATFORM": "offscreen"}
    with started(["-m", "ime"], environment) as process:
        maps = Path(f"/proc/{process.pid}/maps")

        def converter_is_open() -> bool:
            mapped = maps.read_text()
            return all(part in mapped for part in ("QtWidgets", "assets/ngram", "libtorch"))

        assert watch_until(process, converter_is_open) == set()
        assert process.poll() is None


def test_convert_opens_no_socket(environment: dict[str, str]) -> None:
    with started(["-m", "ime", "convert", "-", "--top", "1"], environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        print("nihaoshijie", file=process.stdin, flush=True)
        while not (line := process.stdout.readline()).startswith("nihaoshijie"):
            assert line, process.wait()
        assert sockets_of(process.pid) == set()
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def test_a_conversation_opens_no_socket(environment: dict[str, str], folders: Folders) -> None:
    del environment["QT_QPA_PLATFORM"]
    with started(["-m", "ime"], environment) as process:
        assert process.stdin is not None
        print("nihaoshijie\n1\nnihao\n2", file=process.stdin, flush=True)
        seen = watch_until(process, folders.database.exists)
        output, _ = process.communicate(":quit\n", timeout=PATIENCE)
    assert seen == set()
    assert process.returncode == 0, output
    assert "1 你好世界" in output
