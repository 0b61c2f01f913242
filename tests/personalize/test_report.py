from __future__ import annotations

from dataclasses import replace

import pytest

from ime.personalize.report import (
    Outcome,
    Point,
    Reason,
    Refusal,
    RunReport,
    Tally,
    figures,
    read_figures,
    read_report,
    to_json,
)

REPORT = RunReport(
    version="v0002", accepted=True, reasons=(), parent="v0001", created=1.7e9, seconds=41.0,
    learned=1200, fresh=800, strength=1.0, held_out=Tally(150, 120, 129, 11, 2),
    known=Tally(60, 60, 59, 0, 1), general=Tally(385, 250, 251, 2, 1),
    rescued=(Outcome("我们的", "背景", "北京", "背景"),),
    broken=(Outcome("", "世界", "世界", "视界"),),
    curve=(Point(0, None, 2.5), Point(9, 2.0, 2.25)),
)  # fmt: skip


def test_report_survives_json() -> None:
    assert read_report(to_json(REPORT)) == REPORT
    assert read_figures(to_json([figures(REPORT)])) == [figures(REPORT)]
    with pytest.raises(ValueError, match="truncated"):
        read_report(b"{")


def test_report_of_an_older_version_still_loads() -> None:
    """Its reasons are sentences."""
    refused = replace(REPORT, accepted=False, version="", reasons=("No gain beyond chance.",))
    assert read_report(to_json(refused)) == refused


def test_reasons_survive_json() -> None:
    reasons = tuple(Refusal(one, 100, 5, 1, 2, 0.25) for one in Reason)
    refused = replace(REPORT, accepted=False, version="", reasons=reasons)
    assert read_report(to_json(refused)) == refused
