from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ime.bench import latency
from ime.bench.comparison import to_json
from ime.bench.environment import Environment
from ime.bench.latency import (
    HELD,
    Keys,
    Latency,
    StartError,
    measure_apart,
    report,
    time_keys,
    time_starts,
)
from ime.bench.process_cost import Memory
from ime.bench.scoring import Times
from ime.bench.sentences import SENTENCES, Sentence
from ime.pinyin.inventory import SYLLABLES
from ime.session.runner import SyncRunner
from ime.session.state import MAX_LETTERS, SessionOptions
from tests.fakes import FakeConverter

PRIVATE = SessionOptions(private=True)


def test_there_are_forty_sentences_of_five_to_twenty_syllables() -> None:
    assert len({sentence.gold for sentence in SENTENCES}) == 40
    for sentence in SENTENCES:
        assert 5 <= len(sentence.syllables) == len(sentence.gold) <= 20, sentence.gold
        assert set(sentence.syllables) <= SYLLABLES, sentence.gold
        assert len(sentence.keys) <= MAX_LETTERS, sentence.gold
    assert sum(bool(sentence.context) for sentence in SENTENCES) > 30


def test_time_keys_times_each_kind_of_key(fake_converter: FakeConverter) -> None:
    sentences = [
        Sentence("早，", ("ni", "hao"), "你好"),
        Sentence("", ("shi", "jie"), "视界"),
    ]
    keys = time_keys(SyncRunner(fake_converter, PRIVATE), sentences)
    letters = len("nihao" + "shijie")
    held = MAX_LETTERS * len(HELD)
    assert (keys.typed.count, keys.held.count) == (letters, held)
    assert (keys.deleted.count, keys.committed.count) == (letters + held, 2)
    assert keys.right == 1
    assert 0 <= keys.typed.p50 <= keys.typed.p95 <= keys.typed.p99 <= keys.typed.max
    assert "早，" in [context.text for context in fake_converter.contexts]
    assert fake_converter.learned == {}


def test_time_keys_without_candidates_is_no_hit() -> None:
    class Silent(FakeConverter):
        def convert(self, request, stale=None):  # type: ignore[no-untyped-def]
            return None

    keys = time_keys(SyncRunner(Silent(), PRIVATE), [Sentence("", ("ni",), "你")])
    assert keys.right == 0


def _started(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(latency, "own_command", lambda: (sys.executable, "-S", "-c", script))


def test_time_starts_waits_for_the_first_candidates(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    script = f"import os, sys; open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')"
    _started(monkeypatch, script + "; print('ni', flush=True); print(os.environ['MOYIN_HOME'])")
    times = time_starts(("--tier", "ngram"), count=2)
    assert len(times) == 2
    assert all(time > 0 for time in times)
    assert log.read_text().splitlines() == ["convert n --top 1 --tier ngram"] * 2


@pytest.mark.parametrize("script", ["", "print()", "raise SystemExit(1)"])
def test_time_starts_of_a_process_without_candidates_raises(
    monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    _started(monkeypatch, script)
    with pytest.raises(StartError, match="moyin doctor"):
        time_starts(count=1)


def test_time_starts_of_no_program_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "own_command", lambda: ("/no/such/program",))
    with pytest.raises(StartError, match="/no/such/program cannot be started"):
        time_starts(count=1)


def test_report_names_figures_and_circumstances() -> None:
    times = Times(10, 1.0, 2.0, 3.0, 4.0)
    here = Environment("today", "a processor", 2, 0.5, "a system", "1.0", "abc", "moyin b")
    keys = Keys(times, times, times, times, 7)
    text = report(
        here,
        Latency(
            keys, (300.0, 100.0, 200.0), Memory(2048, 1024, 4096), Memory(4096, 2048, 8192)
        ),
    )
    assert "| letters of typed sentences | 10 | 1.00 / 2.00 / 3.00 / 4.00 |" in text
    assert "first candidates: 200 ms, the median of 300 / 100 / 200." in text
    assert "2 MiB (1 of it private) before the first key" in text
    assert "4 MiB (2 of it private) after the last; at most 8 MiB" in text
    assert "right in 7 of 10 sentences" in text
    assert "Measured today on a processor" in text


KEYS = Keys(*(Times(9, 1.0, 2.0, 3.0, 4.5),) * 4, right=8)
MEASURED = Latency(KEYS, (1500.5,), Memory(1, 2, 3), Memory(4, 5, 6))


def test_measure_apart_reads_what_the_other_process_prints(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed = tmp_path / "printed.json"
    everything = {"circumstances": {"version": "1"}, **MEASURED.plain()}
    printed.write_text(to_json(everything), encoding="utf-8")
    log = tmp_path / "log"
    script = f"import sys; open({str(log)!r}, 'w').write(' '.join(sys.argv[1:])); "
    _started(monkeypatch, script + f"print(open({str(printed)!r}).read())")
    assert measure_apart(("--tier", "ngram")) == MEASURED
    assert log.read_text() == "bench --latency --json --tier ngram"


@pytest.mark.parametrize("script", ["raise SystemExit(1)", "print('{}')", "print('[')"])
def test_measure_apart_of_a_process_without_figures_raises(
    monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    _started(monkeypatch, script)
    with pytest.raises(StartError, match="moyin doctor"):
        measure_apart()
