from __future__ import annotations

from dataclasses import replace

import pytest

from ime.personalize.gate import Outcome, Tally
from ime.personalize.report import (
    Point,
    Proof,
    RunReport,
    Standing,
    figures,
    proof_text,
    read_figures,
    read_report,
    report_text,
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
PROOF = Proof(
    "背景", 3, ("v0001",), Standing(1, 0.5), Standing(4, 0.01), (), None
)  # fmt: skip


def test_report_survives_json() -> None:
    assert read_report(to_json(REPORT)) == REPORT
    assert read_figures(to_json([figures(REPORT)])) == [figures(REPORT)]
    with pytest.raises(ValueError, match="truncated"):
        read_report(b"{")


def test_report_says_before_and_after_in_words() -> None:
    text = report_text(REPORT)
    assert "In use." in text
    assert "120 had the first place before, 129 would have it now (80.0 % -> 86.0 %)" in text
    assert "11 rescued, 2 broken" in text
    assert "北京 -> 背景" in text
    assert "世界 -> 视界" in text
    assert "385 everyday sentences" in text


def test_refused_report_says_why() -> None:
    text = report_text(replace(REPORT, accepted=False, version="", reasons=("No gain.",)))
    assert "not used" in text
    assert "No gain." in text


def test_weakened_adapter_is_told() -> None:
    assert "60%" in report_text(replace(REPORT, strength=0.6))


def test_proof_tells_standing_and_traces() -> None:
    text = proof_text(PROOF)
    assert "3 choices deleted" in text
    assert "number 1 (probability 0.5) before and is number 4" in text
    assert "No file" in text
    assert "drafts/x.txt" in proof_text(replace(PROOF, traces=("drafts/x.txt",)))
    gone = replace(PROOF, after=Standing(0, 1e-9))
    assert "not among the candidates" in proof_text(gone)
