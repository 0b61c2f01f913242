"""`python -m tests.next_words SET...`: how often one of the five next words is what follows.

A set is one of `moyin bench`; the words are those offered behind the context of a row that ends
with a hanzi. One is a hit if the row begins with it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ime.backend.opening import open_by_settings
from ime.bench.test_sets import read_set
from ime.decode.thread import OFFERS
from ime.lexicon.importers.entries import is_hanzi
from ime.settings import Settings
from ime.values import LeftContext


def main() -> None:
    """Offer, count, report."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.next_words")
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=300, help="rows of each set (300)")
    args = parser.parse_args()
    converter = open_by_settings(Settings())
    for path in args.sets:
        rows = [q for q in read_set(path, args.limit).questions if is_hanzi(q.context[-1:])]
        hits: list[int] = []
        begun = time.process_time()
        for row in rows:
            offered = converter.next_words(LeftContext(row.context), OFFERS) or ()
            right = (len(item.text) for item in offered if row.gold.startswith(item.text))
            hits.append(max(right, default=0))
        taken = (time.process_time() - begun) / max(1, len(rows))
        each = 100 / max(1, len(rows))
        print(
            f"{path.stem}: {len(rows)} rows; {sum(map(bool, hits)) * each:.1f} % "
            f"hit, {sum(hit > 1 for hit in hits) * each:.1f} % by a word of several hanzi; "
            f"{sum(hits) * each:.1f} hanzi in 100 offers; {1000 * taken:.0f} ms each"
        )


if __name__ == "__main__":
    main()
