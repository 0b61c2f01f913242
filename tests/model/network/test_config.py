from __future__ import annotations

import json
from dataclasses import replace

import pytest

from model.network.config import ModelConfig

CONFIG = ModelConfig(vocab_size=60, characters=50, syllables=40, width=32, heads=2)


def test_configuration_comes_back_from_json() -> None:
    assert ModelConfig.from_json(CONFIG.to_json()) == CONFIG


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"width": 30, "heads": 4}, "even heads", id="width is no multiple"),
        pytest.param({"width": 36, "heads": 4}, "even heads", id="odd head"),
        pytest.param({"layers": 0}, "layers must be", id="no layers"),
        pytest.param({"heads": 0}, "heads must be", id="no heads"),
        pytest.param({"context": -1}, "context must be", id="negative"),
        pytest.param({"hidden": "wide"}, "hidden must be .*'wide'", id="no number"),
        pytest.param({"dropout": 1.0}, "dropout", id="drops everything"),
    ],
)
def test_impossible_shape_is_refused(change: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **change)


@pytest.mark.parametrize("text", ['{"width": 32, "colour": 1}', "[]", "3"])
def test_foreign_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="only the fields"):
        ModelConfig.from_json(text)


def test_missing_field_is_refused() -> None:
    values = json.loads(CONFIG.to_json())
    del values["syllables"]
    with pytest.raises(TypeError, match="syllables"):
        ModelConfig.from_json(json.dumps(values))
