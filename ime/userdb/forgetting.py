"""Forgetting on request: of a word, or of a stretch of time.

Deleting the rows that chose a word is not enough, because the word goes on living in the left
contexts and in the offered candidates of other rows. Those rows stay, without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from ime.userdb.daily_counts import day_of
from ime.userdb.masking import mask_context, mask_text
from ime.userdb.selection_log import LoggedSelection, SelectionLog
from ime.values import Commit, LeftContext, Selection

_SHORTEST_TRACE = 2  # characters; a lone 的 in a context tells nothing about when it was typed


def forget(log: SelectionLog, text: str) -> int:
    """Forget a word wherever it was chosen, offered or written before the caret.

    Args:
        log: the selection log.
        text: the word; letters and digits in it match as they are stored, masked.

    Returns:
        How many selections were deleted.
    """
    word = mask_text(text)
    if text:
        log.delete_words(word=text)
    if not word.strip("a0 "):  # no row has such a word, only the table of letters
        log.rewrite((), ())
        return 0
    rows = list(log.rows())
    gone = _choosing(rows, word)
    return _rewrite(log, rows, gone, [word])


def rows_choosing(rows: list[LoggedSelection], text: str) -> set[int]:
    """Ids of the rows that `forget` would delete."""
    word = mask_text(text)
    return _choosing(rows, word) if word.strip("a0 ") else set()


def forget_period(log: SelectionLog, start: float, end: float) -> int:
    """Forget what was typed from `start` until before `end`.

    Args:
        log: the selection log.
        start: seconds since 1970, UTC.
        end: seconds since 1970, UTC.

    Returns:
        How many selections were deleted.
    """
    log.delete_words(start=start, end=end)
    log.daily.delete(day_of(start), day_of(end))
    rows = list(log.rows())
    gone = rows_of_period(rows, start, end)
    if not gone:
        return 0
    committed = _texts(row for row in rows if row.id in gone).values()
    traces = {text for text in committed if len(text) >= _SHORTEST_TRACE}
    later = [row for row in rows if row.id > min(gone)]
    return _rewrite(log, later, gone, traces)


def rows_of_period(rows: list[LoggedSelection], start: float, end: float) -> set[int]:
    """Ids of the rows that `forget_period` would delete.

    Rows between them that seem older were written with a clock that went back.
    """
    stamped = {row.id for row in rows if start <= row.time < end}
    if not stamped:
        return stamped
    first, last = min(stamped), max(stamped)
    return stamped | {row.id for row in rows if first < row.id < last and row.time < start}


def without_words(commit: Commit, words: Iterable[str]) -> Commit:
    """A commit whose selections do not mention words as text before the caret or as offers."""
    masked = [mask_text(word) for word in words]
    selections = (
        _without(replace(one, context=mask_context(one.context)), masked)
        for one in commit.selections
    )
    return replace(commit, selections=tuple(selections))


def _choosing(rows: list[LoggedSelection], word: str) -> set[int]:
    """Ids of rows by which a word was written, in one piece or in several."""
    commits = {commit for commit, text in _texts(rows).items() if word in text}
    reach = len(word) - 1  # characters before the chosen text that the word may begin in
    return {
        row.id
        for row in rows
        if (row.run, row.commit_id) in commits
        or word in row.selection.context.last(reach).text + row.selection.chosen
    }


def _texts(rows: Iterable[LoggedSelection]) -> dict[tuple[int, int], str]:
    """What each commit wrote: the chosen texts of its rows in order."""
    texts: defaultdict[tuple[int, int], str] = defaultdict(str)
    for row in rows:
        texts[row.run, row.commit_id] += row.selection.chosen
    return texts


def _rewrite(
    log: SelectionLog, rows: list[LoggedSelection], gone: set[int], traces: Iterable[str]
) -> int:
    kept = [row for row in rows if row.id not in gone]
    cleared = [(row, _without(row.selection, traces)) for row in kept]
    changed = [(row.id, new) for row, new in cleared if new != row.selection]
    log.rewrite(sorted(gone), changed)
    return len(gone)


def _without(selection: Selection, traces: Iterable[str]) -> Selection:
    """A selection that mentions none of the texts but perhaps in `chosen`."""
    context, offered = selection.context, selection.offered
    for text in traces:
        context = _after(context, text)
        offered = tuple(other for other in offered if text not in other)
    scores = selection.scores if offered == selection.offered else ()
    return replace(selection, context=context, offered=offered, scores=scores)


def _after(context: LeftContext, text: str) -> LeftContext:
    """The part of a context behind the last occurrence of a text, or of its end at the edge.

    Contexts are cut at the front, so that one may begin inside of the text.
    """
    at = context.text.rfind(text)
    if at >= 0:
        return context.last(len(context.text) - at - len(text))
    for length in range(len(text) - 1, _SHORTEST_TRACE - 1, -1):
        if context.text.startswith(text[-length:]):
            return context.last(len(context.text) - length)
    return context
