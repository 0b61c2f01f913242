from __future__ import annotations

from dataclasses import replace

import pytest

from ime.personalize.facade import Overview, VersionLine
from ime.personalize.report import Proof, Reason, Refusal, Standing
from ime.texts.catalogue import use_language
from ime.texts.learning_reports import proof_text, report_text, standing_text, verdict
from tests.personalize.test_report import REPORT

PROOF = Proof(
    "背景", 3, ("v0001",), Standing(1, 0.5), Standing(4, 0.01), (), None
)  # fmt: skip


def test_report_says_before_and_after_in_words() -> None:
    text = report_text(REPORT)
    assert "In use." in text
    assert "120 had the first place before, 129 would have it now (80.0 % -> 86.0 %)" in text
    assert "11 better, 2 worse" in text
    assert "北京 -> 背景" in text
    assert "世界 -> 视界" in text
    assert "385 everyday sentences" in text


def test_refused_report_says_why() -> None:
    reasons = (Refusal(Reason.NO_GAIN, 150, 5, 0, 2, 0.004),)
    text = report_text(replace(REPORT, accepted=False, version="", reasons=reasons))
    assert "not used" in text
    assert "put 2 more in the first place and lose 5, and make them 0.4% likelier" in text


def test_sentence_of_an_older_report_is_shown_as_it_is() -> None:
    old = replace(REPORT, accepted=False, reasons=("No gain.", "Too slow."))
    assert verdict(old).endswith("No gain. Too slow.")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_in_both_languages(reason: Reason) -> None:
    refused = replace(REPORT, accepted=False, reasons=(Refusal(reason, 150, 5, 1, 2, 0.1),))
    english = verdict(refused)
    use_language("zh_CN", "")
    assert "150" in english
    assert "150" in verdict(refused)
    assert verdict(refused) != english


def test_report_and_proof_are_told_in_chinese() -> None:
    use_language("zh_CN", "")
    assert "11 次改进，2 次退步" in report_text(REPORT)
    assert "已删除并覆写 3 次选择" in proof_text(PROOF)


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


def test_standing_lists_the_versions_in_both_languages() -> None:
    versions = (
        VersionLine("v0002", True, 1.7e9, 1200, 0.5, 0.65, False),
        VersionLine("v0001", False, 0.0, 0, 0.0, 0.0, True),
    )
    standing = Overview("v0002", versions, (), None)
    text = standing_text(standing, 1)
    assert text.startswith("1 choice is logged.\nIn use: v0002.\n* v0002  2023-11-1")
    assert "1,200 choices  first 50.0% -> 65.0%" in text
    assert text.endswith("\n  v0001  damaged")
    use_language("zh_CN", "")
    assert (
        standing_text(Overview("", (), (), None), 0) == "已记录 0 次选择。\n使用中：出厂版本。"
    )
