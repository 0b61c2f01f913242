from __future__ import annotations

from pathlib import Path

import ime.commands
from ime.commands.registry import COMMANDS, make_parser

NEEDED = {
    "backup": ["x"],
    "convert": ["ni"],
    "errors": ["x", "--ours", "y"],
    "fcitx": ["serve"],
    "ibus": ["serve"],
    "learning": ["x"],
    "restore": ["x"],
    "words": ["list"],
}
"""Arguments that commands cannot do without."""


def test_every_file_of_a_command_is_registered() -> None:
    folder = Path(ime.commands.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if "\ndef add(" in path.read_text()}
    assert {name for name, _, _ in COMMANDS} == files


def test_what_is_parsed_runs_its_own_command() -> None:
    for name, _, find in COMMANDS:
        words = [name, *NEEDED.get(name, [])]
        args = make_parser(words, lambda _: 7).parse_args(words)
        assert args.run is find().run
    assert make_parser([], lambda _: 7).parse_args([]).run(None) == 7
