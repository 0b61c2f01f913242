"""`python -m tests.own_words`: does what is chosen count where it should, and only there?

Types through the session that the window uses, with the shipped model, and prints four tables:
names inside sentences after one and two choices, sentences without them, homophones in their
own context, habits. `--names N` takes the first N names only. Takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pypinyin import lazy_pinyin

from ime.backend.direct import runner_of
from ime.backend.opening import open_by_settings
from ime.backend.options import session_options
from ime.bench.replay import enter
from ime.session.runner import SyncRunner
from ime.settings import Settings
from ime.values import LeftContext

DATA = Path(__file__).with_name("own_words.toml")
SPACE_USES = 5  # times that one homophone is taken before the other is asked for
CORRECTIONS = 3  # after which a habit is to be known


@dataclass(frozen=True, slots=True)
class Name:
    """A word of the user's own, its letters, and sentences with a gap for it."""

    text: str
    letters: str
    gaps: tuple[str, ...]

    @property
    def sentences(self) -> Iterator[tuple[str, str]]:
        """Each sentence with the name in it, and its letters."""
        for gap in self.gaps:
            before, _, behind = gap.partition("_")
            letters = letters_of(before) + self.letters + letters_of(behind)
            yield before + self.text + behind, letters


def letters_of(text: str) -> str:
    """Full pinyin of a text, without separators."""
    return "".join(lazy_pinyin(text, v_to_u=False)).replace("ü", "v")


def names(tables: dict[str, list[str]], kinds: dict[str, list[str]]) -> Iterator[Name]:
    """The names of the data file, each with three sentences of its kind."""
    for kind, texts in tables.items():
        frames = kinds[kind]
        for place, text in enumerate(texts):
            chosen = [frames[(3 * place + i) % len(frames)] for i in range(3)]
            yield Name(text, letters_of(text), tuple(chosen))


class Typist:
    """Types into a session of its own, which remembers what was chosen."""

    def __init__(self) -> None:
        settings = Settings()
        converter = open_by_settings(settings)
        self._runner: SyncRunner = runner_of(converter, session_options(settings))

    def first(self, letters: str, context: str = "") -> str:
        """The first candidate; nothing is committed."""
        self._runner.reset(LeftContext(context))
        self._runner.type(letters)
        page = self._runner.state.page
        self._runner.press("Escape")
        return page.items[0].text if page is not None else ""

    def choose(self, letters: str, text: str, context: str = "") -> None:
        """Enter a text by the digits that pick it."""
        self._runner.reset(LeftContext(context))
        self._runner.type(letters)
        enter(self._runner, text, commit=True)

    def take_first(self, letters: str, context: str) -> None:
        """Type, and take what stands first with Space."""
        self._runner.reset(LeftContext(context))
        self._runner.type(letters)
        self._runner.press("Space")


def measure_names(typist: Typist, every: list[Name]) -> None:
    """Sentences with the name right: before any choice, after one, and after two of each.

    All names are chosen before any sentence is typed, as by somebody who has used the program.
    """
    sentences = [pair for name in every for pair in name.sentences]
    for choices in range(3):
        if choices:
            for name in every:
                typist.choose(name.letters, name.text, "今天先说到这里。")
        right = sum(typist.first(letters) == sentence for sentence, letters in sentences)
        alone = sum(typist.first(name.letters) == name.text for name in every)
        print(
            f"names, {choices} choices: {right} of {len(sentences)} sentences right "
            f"({right / len(sentences):.0%}), {alone} of {len(every)} alone",
            flush=True,
        )


def measure_harm(typist: Typist, texts: list[str], before: list[str]) -> None:
    """Sentences without the names that changed since `before`."""
    now = [typist.first(letters_of(text)) for text in texts]
    rescued = sum(b != t == n for b, t, n in zip(before, texts, now, strict=True))
    broken = sum(b == t != n for b, t, n in zip(before, texts, now, strict=True))
    right = sum(b == t for b, t in zip(before, texts, strict=True))
    print(
        f"sentences without names: {right} of {len(texts)} right, then {rescued} rescued, "
        f"{broken} broken",
        flush=True,
    )


def measure_homophones(pairs: list[list[str]]) -> None:
    """One of each pair behind its own context, after the other was taken in its own."""
    right = kept = 0
    for direction in (1, -1):
        typist = Typist()
        asked = []
        for one, two in ((pair[:2], pair[2:]) for pair in pairs):
            (used, used_context), (text, context) = (one, two)[::direction]
            known = typist.first(letters_of(used), used_context) == used
            if known and typist.first(letters_of(text), context) == text:
                asked.append((used, used_context, text, context))
        for used, used_context, _, _ in asked:
            for _ in range(SPACE_USES):
                typist.take_first(letters_of(used), used_context)
        right += len(asked)
        for used, used_context, text, context in asked:
            now = typist.first(letters_of(text), context)
            kept += now == text
            if now != text:
                print(f"  {context}: {now} for {text} after {used_context}{used}")
    print(
        f"homophones: {right} of {2 * len(pairs)} right before, {kept} of them after",
        flush=True,
    )


def measure_habits(habits: list[list[str]]) -> None:
    """Texts chosen against the first one, until they are first where nothing speaks for one."""
    asked = learned = 0
    typist = Typist()
    for text, *contexts in habits:
        letters = letters_of(text)
        before = typist.first(letters)
        if before == text:
            continue
        asked += 1
        for context in contexts[:CORRECTIONS]:
            typist.choose(letters, text, context)
        now = typist.first(letters)
        learned += now == text
        if now != text:
            print(f"  {now} for {text} after {CORRECTIONS} corrections")
    print(f"habits: {learned} of {asked} after {CORRECTIONS} corrections", flush=True)


def main() -> int:
    """Print the four tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.own_words", description=__doc__)
    parser.add_argument("--names", type=int, default=None, help="only the first so many")
    args = parser.parse_args()
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    every = list(islice(names(data["names"], data["sentences"]), args.names))
    typist = Typist()
    before = [typist.first(letters_of(text)) for text in data["data"]["others"]]
    measure_names(typist, every)
    measure_harm(typist, data["data"]["others"], before)
    measure_homophones(data["data"]["homophones"])
    measure_habits(data["data"]["habits"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
