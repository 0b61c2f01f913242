"""`python -m tests.soak`: memory over a long day of typing.

Types words of the shipped lexicon through a session that is written down, in an empty home:
letters, a digit or Space; fuzzy sounds and order are switched now and then. Prints memory as it
goes: the process's own, and pages of mapped files, which the system takes back when it needs.
`--keys N` keys (60,000), `--network` with the Transformer.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from itertools import accumulate, cycle
from pathlib import Path

import msgspec

from ime.backend.direct import runner_of
from ime.backend.opening import open_by_settings
from ime.backend.options import converter_options, session_options
from ime.bench.process_cost import Memory
from ime.lexicon.words import Lexicon
from ime.settings import (
    HOME_VARIABLE,
    FuzzySettings,
    ModelSettings,
    Settings,
    assets_folder,
    user_folders,
)
from ime.userdb.thread import Store
from model.memory import give_back_free

ROWS = 12  # of the table
SWITCH_EVERY = 500  # commits
TEXTS = 5_000


def sentences(lexicon: Lexicon, seed: int) -> list[str]:
    """Letters of one to four words, `TEXTS` times."""
    chance = random.Random(seed)
    words = [("".join(word.syllables), word.count) for word in lexicon]
    letters, sums = [text for text, _ in words], list(accumulate(count for _, count in words))
    drawn = chance.choices(letters, cum_weights=sums, k=4 * TEXTS)
    return ["".join(drawn[at : at + chance.randint(1, 4)]) for at in range(0, 4 * TEXTS, 4)]


def ways(settings: Settings) -> Iterator[Settings]:
    """Settings that follow each other, without end."""
    while True:
        for fuzzy in (FuzzySettings(), FuzzySettings(z_zh=True, n_l=True)):
            for order in (False, True):
                typing = msgspec.structs.replace(settings.typing, fixed_order=order)
                yield msgspec.structs.replace(settings, fuzzy=fuzzy, typing=typing)


def row(keys: int, commits: int) -> str:
    now = Memory.now()
    own, mapped = now.private / 1000, (now.resident - now.private) / 1000
    return f"{keys:>8} {commits:>8} {own:>8.0f} {mapped:>8.0f}"


def soak(settings: Settings, home: Path, wanted: int) -> None:
    folders = user_folders({HOME_VARIABLE: str(home)})
    texts = cycle(sentences(Lexicon(assets_folder() / "lexicon"), seed=1))
    give_back_free()  # the list of all words is not the program's
    changes = ways(settings)
    converter = open_by_settings(settings)
    store = Store(folders.database, lambda message: print(message, file=sys.stderr))
    runner = runner_of(converter, session_options(settings), journal=store)
    keys = commits = 0
    print(f"{'keys':>8} {'commits':>8} {'own MB':>8} {'mapped':>8}")
    for step in range(ROWS + 1):
        while keys < step * wanted // ROWS:
            letters = next(texts)
            runner.type(letters)
            runner.press("2" if commits % 5 == 0 else "Space")
            runner.press("Enter")  # what is left of it stays letters
            keys += len(letters) + 2
            commits += 1
            if commits % SWITCH_EVERY == 0:
                converter.set_options(converter_options(next(changes)))
        print(row(keys, commits), flush=True)
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--keys", type=int, default=60_000)
    parser.add_argument("--network", action="store_true")
    wanted = parser.parse_args()
    model = ModelSettings() if wanted.network else ModelSettings(tier="ngram")
    with tempfile.TemporaryDirectory() as home:
        soak(Settings(model=model), Path(home), wanted.keys)


if __name__ == "__main__":
    main()
