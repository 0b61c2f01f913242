"""`python -m model.data SOURCE OUT`: text to token shards, with a report.

SOURCE is a folder of .txt or .txt.xz in UTF-8 whose documents are split by empty lines. Text
that was tagged before is not tagged again; a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from model.data.build import tag
from model.data.report import gather, write_report
from model.data.shards import merge


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model.data", description=__doc__)
    parser.add_argument("source", type=Path, nargs="?", help="folder of text")
    parser.add_argument("out", type=Path, help="folder for vocabulary, shards and report")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--dev-share", type=float, default=0.004, help="of documents outside dev*.txt, 0 to 1"
    )
    parser.add_argument(
        "--vocabulary",
        type=Path,
        metavar="FILE.tsv",
        help="of an earlier edition, to keep: weights trained over it still fit",
    )
    parser.add_argument(
        "--labelled",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE.tsv",
        help="labelled rows to measure the reading tags with",
    )
    parser.add_argument(
        "--report-only", action="store_true", help="only write the report of finished shards"
    )
    return parser


def main() -> None:
    """Run the stages that are not done yet, then report."""
    parser = _parser()
    options = parser.parse_args()
    if options.source is None and not options.report_only:
        parser.error("the folder of text is needed, unless --report-only is given")
    try:
        if not options.report_only:
            tag(options.source, options.out / "work", options.processes)
            merge(options.out / "work", options.out, options.dev_share, options.vocabulary)
        facts = gather(options.out, options.labelled)
        print(write_report(facts, options.out / "report").read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise SystemExit(f"model.data: {exc}") from exc


if __name__ == "__main__":
    main()
