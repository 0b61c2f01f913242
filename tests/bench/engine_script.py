"""An engine for tests: answers rows as its first argument says, and writes down its starts.

right: every row; even: every second row; crash, babble, hang: as even, but at the third row it
ends with 3, writes a line that is no answer, or falls asleep. Its second argument is a file for
its starts: the user's folder, and the options that were appended.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def main() -> int:
    manner, log, *options = sys.argv[1:]
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(" ".join([os.environ["MOYIN_HOME"], *options]) + "\n")
    lines = sys.stdin.buffer.read().decode("utf-8").splitlines()
    for number, line in enumerate(lines):
        row, _, keys, gold = line.split("\t")[:4]
        if number == 2:
            if manner == "crash":
                sys.stderr.write("terrible things happened\n\n")
                return 3
            if manner == "babble":
                say("hello")
            if manner == "hang":
                time.sleep(600)
        first = gold if manner == "right" or number % 2 == 0 else "错"
        times = ",".join(["1000"] * len(keys))
        say(f"{row}\t{len(keys)}000\t1000\t{first}\t别的\t#k={times}\t#p=1,0,0")
    sys.stderr.write("#meta version=9 start_ms=12.5 rss_end_kb=2048 anon_end_kb=-1\n")
    return 0


def say(line: str) -> None:
    sys.stdout.buffer.write(f"{line}\n".encode())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
