"""A replay for tests: wrong without a home; with one, right from the third row on.

It writes down its options, and with --learn a file into its home.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    log, *options = sys.argv[1:]
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(" ".join(options) + "\n")
    home = Path(options[options.index("--home") + 1]) if "--home" in options else None
    learns = "--learn" in options
    if home is not None and learns:
        home.mkdir(parents=True)
        (home / "learned").touch()
    lines = sys.stdin.buffer.read().decode("utf-8").splitlines()
    for number, line in enumerate(lines):
        row, _, _, gold = line.split("\t")[:4]
        right = home is not None and (number >= 2 or not learns)
        answer = f"{row}\t1\t1\t{gold if right else '错'}\n"
        sys.stdout.buffer.write(answer.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
