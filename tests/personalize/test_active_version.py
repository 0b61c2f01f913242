from __future__ import annotations

import json
from pathlib import Path

import pytest

from ime.errors import StoreError
from ime.personalize.active_version import ACTIVE, active_file


def test_active_file_is_the_one_named(tmp_path: Path) -> None:
    assert active_file(tmp_path) is None
    (tmp_path / ACTIVE).write_text(json.dumps({"version": ""}))
    assert active_file(tmp_path) is None
    (tmp_path / ACTIVE).write_text(json.dumps({"version": "v7"}))
    assert active_file(tmp_path) == tmp_path / "v7.safetensors"


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"version": "../../x"}', '{"version": 3}'])
def test_unreadable_choice_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / ACTIVE).write_text(text)
    with pytest.raises(StoreError):
        active_file(tmp_path)
