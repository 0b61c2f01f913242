"""`python -m model.finetune`: fit an adapter to a file of selections, without the input method.

One JSON object a line: context (text left of the caret), syllables (one a hanzi), chosen, and,
where known, offered (the texts that were shown, best first). The newest are held out to measure
by; the best state on them is written.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, fields
from pathlib import Path

from tqdm import tqdm

from model.device import use_threads
from model.finetune.adapter_trainer import AdapterTrainer, Result
from model.finetune.examples import ExamplesError, read_examples, usable
from model.finetune.options import TuneOptions
from model.finetune.progress import Progress
from model.network.adapter import (
    Adapter,
    AdapterError,
    AdapterInfo,
    base_digest,
    load_adapter,
    save_adapter,
)
from model.network.checkpoint import CheckpointError, load_network, sha256_of
from model.vocab import Vocabulary


def finetune(args: argparse.Namespace, options: TuneOptions) -> Result:
    """Train on the files that the command line names, and write the adapter.

    Raises:
        AdapterError: the adapter to go on from cannot be used.
        CheckpointError: the base weights cannot be used.
        ExamplesError: the selections cannot be read.
        OSError: the adapter cannot be written.
        ValueError: there is too little to learn from.
    """
    vocabulary = Vocabulary.load(args.vocabulary)
    network = load_network(args.weights, vocabulary, sha256_of(args.vocabulary))
    base = base_digest(args.weights)
    start = load_adapter(args.parent, base) if args.parent else None
    known = usable(vocabulary, read_examples(args.examples))
    newest = max(1, round(args.held_out * len(known)))
    tuner = AdapterTrainer(network, vocabulary, options, start)
    with tqdm(unit="step") as bar:

        def report(progress: Progress) -> None:
            bar.total, bar.n = progress.total, progress.step
            bar.set_description(progress.stage)
            bar.set_postfix(loss=progress.loss, held_out=progress.held_out)

        result = tuner.run(known[:-newest], known[-newest:], report)
    info = AdapterInfo(
        base=base,
        rank=result.rank,
        alpha=result.alpha,
        parent=args.parent.stem if args.parent else "",
        steps=result.steps,
        created=time.time(),
        metrics={"before": asdict(result.before), "after": asdict(result.after)},
    )
    save_adapter(Adapter(info, result.tensors), args.out)
    return result


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m model.finetune", description=__doc__)
    parser.add_argument("examples", type=Path, help="selections, a JSON object a line")
    parser.add_argument("weights", type=Path, help="folder of the base checkpoint")
    parser.add_argument("vocabulary", type=Path, help="vocab.tsv of the base")
    parser.add_argument("out", type=Path, help="adapter to write, a .safetensors file")
    parser.add_argument("--parent", type=Path, help="adapter to go on from")
    parser.add_argument("--held-out", type=float, default=0.15, help="share held out, newest")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads; 0: torch decides")
    for one in fields(TuneOptions):
        name = "--" + one.name.replace("_", "-")
        parser.add_argument(name, type=type(one.default), default=one.default)
    return parser


def main() -> None:
    """Parse options, fine-tune, say what came of it."""
    args = make_parser().parse_args()
    options = TuneOptions(**{one.name: getattr(args, one.name) for one in fields(TuneOptions)})
    use_threads(args.threads)
    try:
        result = finetune(args, options)
    except (OSError, ValueError, CheckpointError, AdapterError, ExamplesError) as exc:
        raise SystemExit(f"model.finetune: {exc}") from exc
    print(
        f"held out: {result.before.loss:.3f} -> {result.after.loss:.3f} nats a hanzi, "
        f"{100 * result.before.right:.1f} -> {100 * result.after.right:.1f} % lead; "
        f"{result.steps} steps in {result.seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
