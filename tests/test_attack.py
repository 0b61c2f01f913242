"""Damage of the user's files: said or harmless, never a fault, never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import attack

KINDS = [kind for kind in attack.DAMAGES if kind != "unreadable" or os.geteuid()]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return attack.made_home(tmp_path_factory.mktemp("attacked") / "home")


@pytest.mark.skipif(os.name != "posix", reason="pipes with names, alarms")
@pytest.mark.parametrize("name", attack.USER)
def test_damaged_files_of_the_user_do_no_harm(home: Path, tmp_path: Path, name: str) -> None:
    found = {}
    for kind in KINDS:
        folder = attack.copied(home, tmp_path / kind)
        attack.DAMAGES[kind](folder / name)
        found[kind] = attack.outcome(attack.USER[name], folder)
    assert [(kind, word) for kind, word in found.items() if word.split()[0].isupper()] == []


def test_a_fault_a_wrong_answer_and_a_hang_are_told_from_each_other(tmp_path: Path) -> None:
    def fails(_: Path) -> str:
        raise ZeroDivisionError

    assert attack.outcome(fails, tmp_path) == "FAULT ZeroDivisionError"
    assert attack.outcome(lambda _: "right", tmp_path) == "right"
