from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.data.labelled import LabelledRow
from model.evaluate import __main__ as module
from model.evaluate import report
from model.evaluate.__main__ import Models, by_domain, measure_conversion, thin
from model.evaluate.report import (
    Conversion,
    Evaluation,
    Likelihoods,
    as_json,
    as_markdown,
    by_known,
    likelihood_panels,
    write_evaluation,
)
from model.mixture import load_shares, save_shares
from model.network.checkpoint import save_weights, sha256_of
from model.network.transformer import Network
from model.ngram.trie import NgramScorer
from model.vocab import Vocabulary

pytest.importorskip("matplotlib")

ROWS = """\
a-0\t我们\tshihaoyinhang\t是好银行\tshi hao yin hang\tchat
a-1\t\tchongxin\t重新\tchong xin\tchat
a-2\t他很\tzhongyao\t重要\tzhong yao\tnews
"""


@pytest.fixture
def no_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "plot_panels", lambda *_args: None)


@pytest.fixture
def weights(make_network: Callable[[], Network], data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    save_weights(make_network(), sha256_of(data / "vocab.tsv"), folder, {"tokens_seen": 96})
    return folder


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.tsv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    data: Path,
    ngram_folder: Path,
    weights: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Runs the command on the tiny models and a copy of the data; returns what it printed."""
    copy = tmp_path / "data"
    copy.mkdir()
    for path in data.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())

    def command(*arguments: str) -> str:
        fixed = [str(copy), "--weights", str(weights), "--ngram", str(ngram_folder)]
        options = ["--hanzi", "150", "--device", "cpu", "--beam", "4"]
        monkeypatch.setattr(sys, "argv", ["model.evaluate", *fixed, *options, *arguments])
        module.main()
        captured = capsys.readouterr()
        return captured.out + captured.err

    return command


def row(gold: str, syllables: str, domain: str = "chat", context: str = "") -> LabelledRow:
    return LabelledRow(context, gold, tuple(syllables.split()), domain)


def test_conversion_counts_first_and_top_five(
    ngram: NgramScorer, vocabulary: Vocabulary
) -> None:
    rows = [
        row("重新", "chong xin"),
        row("重心", "chong xin"),  # second
        row("时她", "shi ta"),  # one of six
        row("好", "zzz"),
    ]
    found = measure_conversion(ngram, vocabulary, rows, 8, "test")
    assert found.rows == 4
    assert found.first == 0.25
    assert 0.5 <= found.top_five <= 0.75


def test_conversion_reads_the_context(ngram: NgramScorer, vocabulary: Vocabulary) -> None:
    rows = [row("事", "shi", context="行走是好"), row("是", "shi", context="行走")]
    assert measure_conversion(ngram, vocabulary, rows, 8, "test").first == 1


def test_no_rows_convert_to_nothing(ngram: NgramScorer, vocabulary: Vocabulary) -> None:
    assert measure_conversion(ngram, vocabulary, [], 8, "test") == Conversion(0, 0, 0)


def test_rows_are_grouped_by_file_and_domain() -> None:
    one, two, three = row("我", "wo"), row("你", "ni", "news"), row("他", "ta")
    assert by_domain({"chat": [one, three], "mixed": [one, two, three]}) == {
        "chat": [one, three],
        "mixed/chat": [one, three],
        "mixed/news": [two],
    }


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0, [0, 1, 2, 3, 4, 5, 6]), (3, [0, 3, 6]), (1, [0]), (7, [*range(7)]), (9, [*range(7)])],
)
def test_thinned_rows_are_spread_evenly(most: int, expected: list[int]) -> None:
    rows = [LabelledRow("", str(number), (), "") for number in range(7)]
    assert thin(rows, most) == [rows[number] for number in expected]


def test_command_measures_tunes_and_writes(
    run: Callable[..., Any], labelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    text = run("--labelled", str(labelled), "--tune", "--out", str(out))
    assert text.startswith((out / "evaluation.md").read_text(encoding="utf-8"))
    assert "| set | hanzi | n-gram | network | mixture |" in text
    assert "| mixed | 3 |" in text
    values = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    nats = values["nats_per_hanzi"]
    assert set(nats) == {"dev", "mixed/chat", "mixed/news"}
    assert nats["mixed/chat"]["hanzi"] == 6
    assert nats["dev"]["hanzi"] >= 150
    assert nats["dev"]["mixture"] <= min(nats["dev"]["n-gram"], nats["dev"]["network"]) + 1e-6
    assert nats["dev"]["n-gram"] < 1.2 < nats["dev"]["network"]  # the network knows nothing
    assert set(values["conversion"]["mixed"]) == {"n-gram", "network", "mixture"}
    assert values["conversion"]["mixed"]["n-gram"] == {"rows": 3, "first": 1.0, "top_five": 1.0}
    assert values["training"] == {"tokens_seen": 96}
    assert load_shares(out) == pytest.approx(values["network_share"], abs=1e-4)
    assert (out / "evaluation.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "weights" / "mixture.json").exists()


@pytest.mark.usefixtures("no_curves")
def test_tuned_shares_go_beside_the_weights(
    run: Callable[..., Any], weights: Path, tmp_path: Path
) -> None:
    run("--tune")
    assert load_shares(weights)
    assert (tmp_path / "data" / "evaluation" / "evaluation.md").exists()


@pytest.mark.usefixtures("no_curves")
def test_saved_shares_are_used(run: Callable[..., Any], weights: Path, tmp_path: Path) -> None:
    save_shares(weights, (0.0, 0.0, 0.0, 0.0), 1.0, 1)
    run("--out", str(tmp_path / "out"))
    values = json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8"))
    dev = values["nats_per_hanzi"]["dev"]
    assert dev["mixture"] == pytest.approx(dev["n-gram"])


@pytest.mark.usefixtures("no_curves")
@pytest.mark.parametrize("damaged", [False, True])
def test_mixture_without_shares_is_left_out(
    run: Callable[..., Any], weights: Path, tmp_path: Path, damaged: bool
) -> None:
    if damaged:
        (weights / "mixture.json").write_text("{}")
    text = run("--out", str(tmp_path / "out"))
    assert "| n-gram | network |\n" in text
    assert "use --tune" in text


@pytest.mark.usefixtures("no_curves")
def test_missing_weights_leave_the_ngram_alone(
    run: Callable[..., Any], labelled: Path, tmp_path: Path
) -> None:
    arguments = ["--weights", str(tmp_path / "nothing"), "--tune", "--labelled", str(labelled)]
    text = run("--out", str(tmp_path / "out"), *arguments)
    assert "| set | hanzi | n-gram |\n" in text
    assert "network is not measured" in text
    assert "checkpoint.json: cannot be read" in text
    assert not (tmp_path / "out" / "mixture.json").exists()


@pytest.mark.usefixtures("no_curves")
def test_missing_torch_leaves_the_ngram_alone(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "model.network.checkpoint", None)
    text = run("--out", str(tmp_path / "out"))
    assert "PyTorch cannot be loaded" in text
    assert "| set | hanzi | n-gram |\n" in text


@pytest.mark.usefixtures("no_curves")
def test_weights_of_another_vocabulary_are_not_measured(
    run: Callable[..., Any], make_network: Callable[[], Network], tmp_path: Path
) -> None:
    save_weights(make_network(), "e" * 64, tmp_path / "other", {})
    text = run("--weights", str(tmp_path / "other"), "--out", str(tmp_path / "out"))
    assert "belong to another vocabulary" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--ngram", "MISSING"], "unigrams-0.npy is missing", id="n-gram"),
        pytest.param(["--labelled", "MISSING"], "No such file", id="labelled file"),
    ],
)
def test_missing_file_is_named(
    run: Callable[..., Any], tmp_path: Path, arguments: list[str], message: str
) -> None:
    paths = [argument.replace("MISSING", str(tmp_path / "gone")) for argument in arguments]
    with pytest.raises(SystemExit, match=message):
        run(*paths)


def test_training_log_gives_the_loss_curve(
    weights: Path, tmp_path: Path, evaluation: Evaluation
) -> None:
    write_evaluation(evaluation, tmp_path / "plain", weights)
    record = {"tokens": 96, "loss": 3.0, "dev_loss": 3.1, "dev_conversion": 0.5}
    (weights / "training.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    write_evaluation(evaluation, tmp_path / "curves", weights)

    def width(name: str) -> int:
        return int.from_bytes((tmp_path / name / "evaluation.png").read_bytes()[16:20], "big")

    assert width("curves") == 2 * width("plain")


@pytest.fixture
def evaluation() -> Evaluation:
    nats = {"n-gram": np.array([1.0, 3.0, 2.0]), "network": np.array([2.0, 2.0, 5.0])}
    dev = Likelihoods(nats, np.array([4, 1, 4]), np.array([0, 1, 40]))
    dev = dev.with_mixture((1.0, 0.5, 0.5, 0.0))
    conversion = {name: Conversion(10, 0.5, 0.9) for name in ("n-gram", "network", "mixture")}
    return Evaluation(
        {"dev": dev}, {"chat": conversion}, (1.0, 0.5, 0.5, 0.0), {"steps": 3}, ("Careful.",)
    )


def test_tables_say_what_was_measured(evaluation: Evaluation) -> None:
    text = as_markdown(evaluation)
    assert "Careful." in text
    assert "| dev | 3 | 2.000 | 3.000 | 1.667 |" in text  # the better one of each pair
    assert "| 1 | 33.3 % | 3.000 | 2.000 | 2.000 | 1.000 |" in text
    assert "| 2 | 0.0 % |  |  |  | 0.500 |" in text
    assert "| chat | 10 | 50.0 % | 90.0 % | 50.0 % | 90.0 % | 50.0 % | 90.0 % |" in text


def test_values_say_the_same(evaluation: Evaluation) -> None:
    values = as_json(evaluation)
    assert values["nats_per_hanzi"]["dev"] == pytest.approx(
        {"hanzi": 3, "n-gram": 2.0, "network": 3.0, "mixture": 5 / 3}
    )
    assert values["dev_by_known_length"][1] == {"known": 2, "hanzi": 0}
    assert values["conversion"]["chat"]["network"] == {
        "rows": 10,
        "first": 0.5,
        "top_five": 0.9,
    }
    json.dumps(values)


def test_hanzi_are_told_apart_by_known_history(evaluation: Evaluation) -> None:
    found = by_known(evaluation.likelihoods["dev"])
    assert [len(part.known) for part in found.values()] == [1, 0, 0, 2]
    assert found[4].nats["network"].tolist() == [2.0, 5.0]


def test_curves_show_position_and_known_history(evaluation: Evaluation) -> None:
    position, known = likelihood_panels(evaluation.likelihoods["dev"])
    assert position.curves["n-gram"][1] == [1.0, 3.0, 2.0]
    assert known.curves["network"] == ([1, 4], [2.0, 3.5])


def test_models_without_network_have_one_scorer(
    ngram: NgramScorer, vocabulary: Vocabulary
) -> None:
    assert Models(vocabulary, ngram).scorers(None) == {"n-gram": ngram}
