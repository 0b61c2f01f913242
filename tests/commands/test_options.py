from __future__ import annotations

import argparse

import pytest

from ime.commands.options import add_model, model_words, with_model
from ime.settings import FuzzySettings, Settings, TypingSettings


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_model(parser)
    return parser.parse_args(words)


ALL = FuzzySettings(**dict.fromkeys(FuzzySettings.__struct_fields__, True))


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        pytest.param([], Settings(), id="nothing"),
        pytest.param(
            ["--correction", "off"],
            Settings(typing=TypingSettings(correction=False)),
            id="exact",
        ),
        pytest.param(
            ["--fuzzy", "z_zh,in_ing"],
            Settings(fuzzy=FuzzySettings(z_zh=True, in_ing=True)),
            id="pairs",
        ),
        pytest.param(["--fuzzy", "all"], Settings(fuzzy=ALL), id="all"),
    ],
)
def test_options_stand_above_the_settings(words: list[str], settings: Settings) -> None:
    assert with_model(Settings(), parsed(*words)) == settings


def test_options_switch_off_what_the_settings_have_on() -> None:
    forgiving = Settings(fuzzy=ALL)
    assert with_model(forgiving, parsed("--fuzzy", "none")) == Settings()
    assert with_model(forgiving, parsed()) == forgiving


def test_model_words_say_the_same_again() -> None:
    words = ["--beam", "4", "--correction", "off", "--fuzzy", "z_zh"]
    again = model_words(parsed(*words))
    assert again == tuple(words)
    assert parsed(*again) == parsed(*words)


@pytest.mark.parametrize("pairs", ["z", "z_zh,", "all,z_zh", ""])
def test_what_is_no_fuzzy_pair_exits_with_2(
    pairs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("--fuzzy", pairs)
    assert caught.value.code == 2
    assert "is no pair; write all, none, or some of an_ang" in capsys.readouterr().err
