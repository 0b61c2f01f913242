"""`python -m tests.features`: what an input method should do, and the tests that prove it.

Runs the tests that `features.tsv` names and prints a line for each feature: Y where they all
pass, P where some do or where the table says what is lacking, N where none does or none is
named. Grades: M must, S should, C could.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TABLE = TESTS / "features.tsv"


@dataclass(frozen=True, slots=True)
class Feature:
    """A row of the table.

    Attributes:
        section: 1a schemes, 1b candidates and window, 1c memory, 1d system.
        grade: M, S or C.
        name: what it is.
        tests: node ids below `tests/`; one without parameters stands for all of them.
        lacking: what is missing of it; empty for nothing.
    """

    section: str
    grade: str
    name: str
    tests: tuple[str, ...] = ()
    lacking: str = ""


def read_table(path: Path = TABLE) -> list[Feature]:
    """The features, in the order of the file."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            section, grade, name, tests, lacking, *_ = (*line.split("\t"), "", "")
            rows.append(Feature(section, grade, name, tuple(tests.split()), lacking))
    return rows


def verdict(feature: Feature, passed: Collection[str], ran: Collection[str]) -> str:
    """Y, P or N.

    Args:
        feature: a row.
        passed: node ids below `tests/` of the tests that passed.
        ran: those of all that ran.
    """
    proofs = [[node for node in ran if _stands_for(test, node)] for test in feature.tests]
    right = [bool(nodes) and all(node in passed for node in nodes) for nodes in proofs]
    if not any(right):
        return "N"
    return "Y" if all(right) and not feature.lacking else "P"


def _stands_for(test: str, node: str) -> bool:
    return node == test or node.startswith((f"{test}[", f"{test}::"))


def report(verdicts: Iterable[tuple[Feature, str]]) -> list[str]:
    """The lines to print; the last one counts the grades."""
    lines = []
    counts = {"M": [0, 0], "S": [0, 0]}
    for feature, found in verdicts:
        proof = " ".join(feature.tests) or "-"
        lacking = f" ({feature.lacking})" if feature.lacking else ""
        lines.append(
            f"{feature.section} {feature.grade} {found} {feature.name}{lacking}: {proof}"
        )
        if feature.grade in counts:
            counts[feature.grade][0] += found == "Y"
            counts[feature.grade][1] += 1
    return [*lines, ", ".join(f"{grade}: {n} of {m}" for grade, (n, m) in counts.items())]


class _Outcomes:
    """A plugin of pytest that keeps what came of each test."""

    def __init__(self) -> None:
        self.ran: dict[str, bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        node = report.nodeid.removeprefix("tests/")
        self.ran[node] = self.ran.get(node, True) and report.passed


def run(tests: Sequence[str]) -> Mapping[str, bool]:
    """Run tests; whether each passed, by its node id below `tests/`."""
    outcomes = _Outcomes()
    wanted = [f"{TESTS.name}/{test}" for test in dict.fromkeys(tests)]
    os.chdir(TESTS.parent)
    with redirect_stdout(sys.stderr):
        pytest.main(["-q", "-p", "no:randomly", *wanted], plugins=[outcomes])
    return outcomes.ran


def main() -> int:
    """Run what is named, and print the table; 1 where a feature that must be there is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.features", description=__doc__)
    parser.add_argument("--section", help="of the table: 1a, 1b, 1c or 1d; all without it")
    options = parser.parse_args()
    features = [f for f in read_table() if options.section in (None, f.section)]
    ran = run([test for feature in features for test in feature.tests])
    passed = {node for node, right in ran.items() if right}
    verdicts = [(feature, verdict(feature, passed, ran)) for feature in features]
    print("\n".join(report(verdicts)))
    return int(any(f.grade == "M" and found != "Y" for f, found in verdicts))


if __name__ == "__main__":
    raise SystemExit(main())
