"""`python -m model.train DATA OUT`: train the network on token shards.

Resumable (kill it at any time; the last checkpoint goes on), on CPU, CUDA or MPS, on
several GPUs through `torchrun --nproc-per-node N -m model.train ...`. The learning rate
warms up, stays, and falls linearly over the last part of the run (warm-up, stable, decay;
Hu et al. 2024), so that a run can be prolonged: start it again with more `--tokens` from a
checkpoint before the fall.
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from model.device import use_threads
from model.network.checkpoint import CheckpointError
from model.train.trainer import Trainer, TrainOptions


def main() -> None:
    """Parse options and train."""
    parser = argparse.ArgumentParser(prog="python -m model.train", description=__doc__)
    parser.add_argument("data", type=Path, help="folder made by python -m model.data")
    parser.add_argument("out", type=Path, help="folder for checkpoint, weights, log and curves")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0: torch decides")
    for field in fields(TrainOptions):
        name = "--" + field.name.replace("_", "-")
        default = field.default
        if isinstance(default, bool):
            parser.add_argument(name, action="store_true")
        else:
            parser.add_argument(name, type=type(default), default=default)
    values = vars(parser.parse_args())
    data, out, threads = values.pop("data"), values.pop("out"), values.pop("threads")
    use_threads(threads)
    try:
        trainer = Trainer(data, out, TrainOptions(**values))
    except (OSError, ValueError, CheckpointError) as exc:
        raise SystemExit(f"model.train: {exc}") from exc
    trainer.run()


if __name__ == "__main__":
    main()
