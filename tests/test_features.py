"""The table of features: its tests are there, and its verdicts follow from what they did."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.features import TABLE, TESTS, Feature, read_table, report, verdict

FEATURES = read_table()
ID = "a/test_b.py::test_c"


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_test_that_is_named_is_there() -> None:
    gone = []
    for test in (test for feature in FEATURES for test in feature.tests):
        file, _, function = test.partition("::")
        name, _, parameter = function.partition("[")
        scenario = TESTS / "scenarios" / f"{parameter.rstrip(']')}.txt"
        if (function and name not in functions(file)) or (parameter and not scenario.exists()):
            gone.append(test)
        assert (TESTS / file).is_file(), test
    assert gone == []


def test_table_has_all_grades_and_no_feature_twice() -> None:
    assert TABLE.is_file()
    names = [feature.name for feature in FEATURES]
    assert len(names) == len(set(names))
    grades = [feature.grade for feature in FEATURES]
    assert (grades.count("M"), grades.count("S")) == (40, 25)
    assert {feature.section for feature in FEATURES} == {"1a", "1b", "1c", "1d"}


@pytest.mark.parametrize(
    ("tests", "lacking", "passed", "ran", "found"),
    [
        ((), "", (), (), "N"),
        ((ID,), "", (), (), "N"),
        ((ID,), "", (), (ID,), "N"),
        ((ID,), "", (ID,), (ID,), "Y"),
        ((ID,), "half of it", (ID,), (ID,), "P"),
        ((ID,), "", (f"{ID}[1]", f"{ID}[2]"), (f"{ID}[1]", f"{ID}[2]"), "Y"),
        ((ID,), "", (f"{ID}[1]",), (f"{ID}[1]", f"{ID}[2]"), "N"),
        (("a/test_b.py",), "", (ID,), (ID,), "Y"),
        ((ID, "a/test_d.py"), "", (ID,), (ID,), "P"),
        ((ID,), "", (f"{ID}_and_more",), (f"{ID}_and_more",), "N"),
    ],
)
def test_verdict(
    tests: tuple[str, ...],
    lacking: str,
    passed: tuple[str, ...],
    ran: tuple[str, ...],
    found: str,
) -> None:
    assert verdict(Feature("1a", "M", "x", tests, lacking), passed, ran) == found


def test_report_counts_what_is_whole() -> None:
    rows = [
        (Feature("1a", "M", "one", (ID,)), "Y"),
        (Feature("1a", "M", "two"), "N"),
        (Feature("1b", "S", "three", (ID,), "half"), "P"),
        (Feature("1b", "C", "four", (ID,)), "Y"),
    ]
    assert report(rows) == [
        f"1a M Y one: {ID}",
        "1a M N two: -",
        f"1b S P three (half): {ID}",
        f"1b C Y four: {ID}",
        "M: 1 of 2, S: 0 of 1",
    ]
