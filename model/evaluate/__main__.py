"""`python -m model.evaluate DATA`: perplexity and conversion of network, n-gram and mixture.

Perplexity is given as its logarithm, nats per hanzi, on the dev split and on labelled rows;
conversion as the share of labelled rows whose text comes first, and among the first five, when
their syllables are given. `--tune` finds the shares of the mixture on the dev split. Without
torch or weights the n-gram is measured alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from model.batch_decoder import Scorer, convert_syllables
from model.data.labelled import LabelledRow, read_labelled
from model.data.token_shards import TokenShards
from model.evaluate.likelihood import (
    Passage,
    document_passages,
    network_log_probs,
    ngram_log_probs,
    row_passages,
)
from model.evaluate.report import Conversion, Evaluation, Likelihoods, write_evaluation
from model.mixture import MixtureScorer, SharesError, load_shares, save_shares, tune_shares
from model.ngram.trie import Ngram, NgramScorer
from model.vocab import Vocabulary

if TYPE_CHECKING:
    import torch

    from model.network.transformer import Network

ASSETS = Path(__file__).resolve().parents[2] / "assets"
CONTEXT = 64  # tokens before a labelled row, as many as the input method reads
SEED = 1


@dataclass(frozen=True)
class NetworkTier:
    """The network, where it runs, and in which number format it converts."""

    network: Network
    device: torch.device
    dtype: torch.dtype
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Models:
    """What is measured; `network` is None where torch or the weights cannot be had."""

    vocabulary: Vocabulary
    ngram: NgramScorer
    network: NetworkTier | None = None

    def scorers(self, shares: Sequence[float] | None) -> dict[str, Scorer[Sequence[int]]]:
        """By name, for conversion; the network takes its number format for that here."""
        found: dict[str, Scorer[Sequence[int]]] = {"n-gram": self.ngram}
        if self.network is not None:
            from model.network.scorer import NetworkScorer

            tier = self.network
            scorer = NetworkScorer(tier.network, tier.device, tier.dtype, CONTEXT)
            found["network"] = scorer
            if shares is not None:
                found["mixture"] = MixtureScorer(scorer, self.ngram, shares)
        return found


class NoNetworkError(Exception):
    """The network cannot be measured: no torch, no such device, or no fitting weights."""


def load_network_tier(
    weights: Path, vocabulary_file: Path, vocabulary: Vocabulary, device: str
) -> NetworkTier:
    """The network of a checkpoint, in fp32 on the device asked for.

    Raises:
        NoNetworkError: with the reason.
    """
    try:
        from model.device import choose_device, inference_dtype
        from model.network.checkpoint import CheckpointError, load_network, read_info, sha256_of
    except (ImportError, OSError) as exc:
        raise NoNetworkError(f"PyTorch cannot be loaded ({exc})") from exc
    try:
        chosen = choose_device(device)
        network = load_network(weights, vocabulary, sha256_of(vocabulary_file)).to(chosen)
        return NetworkTier(network, chosen, inference_dtype(chosen), read_info(weights).facts)
    except (CheckpointError, ValueError) as exc:
        raise NoNetworkError(str(exc)) from exc


def measure_likelihoods(models: Models, passages: Sequence[Passage]) -> Likelihoods:
    """Nats of every scored hanzi under n-gram and network."""
    ngram, known = ngram_log_probs(models.ngram, passages)
    nats = {"n-gram": -ngram}
    if models.network is not None:
        tier = models.network
        nats["network"] = -network_log_probs(tier.network, tier.device, passages)
    position = [np.zeros(0, np.int64), *(passage.scored() for passage in passages)]
    return Likelihoods(nats, known, np.concatenate(position))


def measure_conversion(
    scorer: Scorer[Sequence[int]],
    vocabulary: Vocabulary,
    rows: Sequence[LabelledRow],
    beam: int,
    name: str,
) -> Conversion:
    """Convert the syllables of `rows` after their contexts; `name` is for the progress bar."""
    by_syllable = vocabulary.by_syllable()
    first = top_five = 0
    for row in tqdm(rows, desc=name, mininterval=2):
        context = vocabulary.encode(row.context, limit=CONTEXT)
        found = convert_syllables(scorer, by_syllable, context, row.syllables, beam)
        texts = ["".join(vocabulary.texts[token] for token in path) for _, path in found[:5]]
        first += texts[:1] == [row.gold]
        top_five += row.gold in texts
    count = max(1, len(rows))
    return Conversion(len(rows), first / count, top_five / count)


def by_domain(files: Mapping[str, Sequence[LabelledRow]]) -> dict[str, list[LabelledRow]]:
    """Rows by `file`, or `file/domain` where a file mixes domains."""
    groups: dict[str, list[LabelledRow]] = {}
    for name, rows in files.items():
        single = len({row.domain for row in rows}) == 1
        for row in rows:
            groups.setdefault(name if single else f"{name}/{row.domain}", []).append(row)
    return groups


def thin(rows: Sequence[LabelledRow], most: int) -> list[LabelledRow]:
    """At most `most` rows, evenly spread over all; 0 means all."""
    if not most or len(rows) <= most:
        return list(rows)
    return [rows[i] for i in np.linspace(0, len(rows) - 1, most).round().astype(int).tolist()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model.evaluate", description=__doc__)
    parser.add_argument("data", type=Path, help="folder made by python -m model.data")
    parser.add_argument("--weights", type=Path, default=ASSETS / "weights", help="checkpoint")
    parser.add_argument("--ngram", type=Path, default=ASSETS / "ngram", help="n-gram")
    parser.add_argument(
        "--labelled",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE.tsv",
        help="rows to convert and to measure perplexity on",
    )
    parser.add_argument("--tune", action="store_true", help="find the shares of the mixture")
    parser.add_argument(
        "--out",
        type=Path,
        help="folder for tables, curves and the shares; else tables and curves go to "
        "DATA/evaluation and the shares beside the weights, where the input method reads them",
    )
    parser.add_argument("--hanzi", type=int, default=40_000, help="of dev to measure on")
    parser.add_argument("--rows", type=int, default=0, help="of a labelled file; 0 is all")
    parser.add_argument("--beam", type=int, default=16, help="hypotheses kept in conversion")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0: torch decides")
    return parser


def open_models(options: argparse.Namespace, notices: list[str]) -> Models:
    """Vocabulary, n-gram and, where that can be had, the network; why not goes to `notices`."""
    vocabulary_file = options.data / "vocab.tsv"
    vocabulary = Vocabulary.load(vocabulary_file)
    ngram = NgramScorer(Ngram(options.ngram))
    try:
        tier = load_network_tier(options.weights, vocabulary_file, vocabulary, options.device)
    except NoNetworkError as exc:
        notices.append(f"The network is not measured: {exc}.")
        return Models(vocabulary, ngram)
    from model.device import use_threads

    use_threads(options.threads)
    return Models(vocabulary, ngram, tier)


def find_shares(
    options: argparse.Namespace, models: Models, dev: Likelihoods, notices: list[str]
) -> tuple[float, ...] | None:
    """The mixture's shares: tuned on `dev` and written, or read from beside the weights."""
    if models.network is None:
        return None
    if options.tune:
        shares = tune_shares(-dev.nats["network"], -dev.nats["n-gram"], dev.known)
        nats = dev.with_mixture(shares).means()["mixture"]
        save_shares(options.out or options.weights, shares, nats, len(dev.known))
        return shares
    try:
        return load_shares(options.weights)
    except (FileNotFoundError, SharesError) as exc:
        notices.append(f"The mixture is not measured: {exc}; use --tune.")
        return None


def evaluate(options: argparse.Namespace) -> Evaluation:
    """Measure everything that `options` ask for.

    Raises:
        OSError: data, n-gram or a labelled file cannot be read.
        ValueError: one of them is damaged.
    """
    notices: list[str] = []
    files = {path.stem: thin(read_labelled(path), options.rows) for path in options.labelled}
    models = open_models(options, notices)
    tokens = np.concatenate(
        [np.asarray(part) for part in TokenShards(options.data, "dev").tokens]
    )
    dev = measure_likelihoods(models, document_passages(tokens, options.hanzi, SEED))
    shares = find_shares(options, models, dev, notices)
    likelihoods = {"dev": dev}
    for name, rows in by_domain(files).items():
        passages = row_passages(rows, models.vocabulary, CONTEXT)
        likelihoods[name] = measure_likelihoods(models, passages)
    if shares is not None:
        likelihoods = {name: found.with_mixture(shares) for name, found in likelihoods.items()}
    # Last, because the network takes another number format for it.
    scorers = models.scorers(shares)
    conversions = {
        file: {
            name: measure_conversion(
                scorer, models.vocabulary, rows, options.beam, f"{file}, {name}"
            )
            for name, scorer in scorers.items()
        }
        for file, rows in files.items()
    }
    facts = models.network.facts if models.network is not None else {}
    return Evaluation(likelihoods, conversions, shares, facts, tuple(notices))


def main() -> None:
    """Parse options, measure, write and print."""
    options = _parser().parse_args()
    try:
        evaluation = evaluate(options)
        folder = options.out or options.data / "evaluation"
        report = write_evaluation(evaluation, folder, options.weights)
    except (OSError, ValueError) as exc:
        raise SystemExit(f"model.evaluate: {exc}") from exc
    for notice in evaluation.notices:
        print(notice, file=sys.stderr)
    print(report.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
