"""`python -m model.data.dotted_names TEXT OUT`: names with a middle dot, counted from the text.

Foreign names and those of minorities are written with a dot between their parts: 比尔·盖茨. One
line for each first part that occurs twice or more (`比尔·`), each last part (`·盖茨`) and each
whole name of two parts, with its count. Titles of books and tunes have dots, too; so only parts
in characters that such names are written with count.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from tqdm import tqdm

DOT = "·"
LEAST = 2
LONGEST = 7
COMMON = 3
"""Names that a part stands in, from which on its characters are counted."""
IN_PARTS = 8
"""Common parts that a character stands in, from which on it is one of such names."""
LENIENCE = 6
"""One unusual character in so many is let pass in a whole name: 裘德·洛."""
_NAME = re.compile(r"[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)+")


def count_names(lines: Iterable[str]) -> Counter[str]:
    """How often each run of hanzi with dots in it occurs."""
    found: Counter[str] = Counter()
    for line in lines:
        if DOT in line:
            found.update(_NAME.findall(line))
    return found


def rows_of(names: Mapping[str, int]) -> list[tuple[str, int]]:
    """Parts and names with their counts, in the order of the file."""
    first = Counter(name.split(DOT)[0] for name in names)
    last = Counter(name.split(DOT)[-1] for name in names)
    characters = Counter(
        character
        for parts in (first, last)
        for part, count in parts.items()
        if count >= COMMON
        for character in set(part)
    )
    usual = {character for character, count in characters.items() if count >= IN_PARTS}

    def fits(part: str) -> bool:
        return len(part) <= LONGEST and usual.issuperset(part)

    rows = [(part + DOT, n) for part, n in first.items() if _is_part(part, n) and fits(part)]
    rows += [(DOT + part, n) for part, n in last.items() if _is_part(part, n) and fits(part)]
    for name, count in names.items():
        parts = name.split(DOT)
        odd = sum(character not in usual for part in parts for character in part)
        if len(parts) == 2 and len(name) <= 2 * LONGEST and odd <= len(name) // LENIENCE:
            rows.append((name, count))
    return sorted(rows)


def _is_part(part: str, count: int) -> bool:
    # One hanzi is too little to be told by: only a whole name has such a part.
    return count >= LEAST and len(part) > 1


def main() -> None:
    """Parse options and build."""
    parser = argparse.ArgumentParser(
        prog="python -m model.data.dotted_names", description=__doc__
    )
    parser.add_argument("text", type=Path, help="folder of .txt files")
    parser.add_argument("out", type=Path, help="folder for dotted_names.tsv")
    options = parser.parse_args()
    names: Counter[str] = Counter()
    for path in tqdm(sorted(options.text.glob("*.txt")), desc="names"):
        with path.open(encoding="utf-8") as lines:
            names.update(count_names(lines))
    rows = rows_of(names)
    text = "".join(f"{name}\t{count}\n" for name, count in rows)
    (options.out / "dotted_names.tsv").write_text(text, encoding="utf-8")
    print(f"{len(rows):,} rows of {len(names):,} names")


if __name__ == "__main__":
    main()
