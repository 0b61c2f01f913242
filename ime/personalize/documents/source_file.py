"""What is known of a document; a value without its readers, for those who only show it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ime.errors import Message


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was when it was last read.

    Attributes:
        path: absolute.
        digest: of its bytes, SHA-256, 16 hexadecimal digits.
        earlier: digests that it had before, the newest last.
        size: in bytes.
        mtime: in nanoseconds since 1970.
        hanzi: that are learned from.
        left_out: how often each kind was, by the values of `LeftOut`.
        problem: why it cannot be read; None where it can.
    """

    path: str
    digest: str = ""
    earlier: tuple[str, ...] = ()
    size: int = 0
    mtime: int = 0
    hanzi: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    problem: Message | None = None
