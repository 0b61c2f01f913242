from __future__ import annotations

from dataclasses import replace

import pytest

from ime.personalize.report import Proof, Reason, Refusal, Standing
from ime.texts.catalogue import use_language
from ime.texts.learning_reports import proof_text, report_text, verdict
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
