"""`python -m model.data SOURCE OUT`: text to token shards, with a report."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from model.data.build import tag
from model.data.shards import merge


def main() -> None:
    """Run the stages that are not done yet."""
    parser = argparse.ArgumentParser(prog="python -m model.data", description=__doc__)
    parser.add_argument(
        "source", type=Path, help="folder of .txt or .txt.xz, documents split by empty lines"
    )
    parser.add_argument("out", type=Path, help="folder for vocabulary, shards and report")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--dev-share", type=float, default=0.004, help="of documents outside dev*.txt"
    )
    options = parser.parse_args()
    work = options.out / "work"
    tag(options.source, work, options.processes)
    totals = merge(work, options.out, options.dev_share)
    for key, value in totals.items():
        print(f"{key:>16}: {value:,}")


if __name__ == "__main__":
    main()
