"""What the model expected when the user chose: probabilities of the texts that were offered."""

from __future__ import annotations

import math
from collections.abc import Callable

from ime.values import LEADERS, Selection


def expected_texts(
    selection: Selection,
    temperature: float = 1.0,
    possible: Callable[[str], bool] | None = None,
) -> dict[str, float]:
    """Texts as long as the chosen one, with the probabilities that the list gave them.

    Longer texts count by their beginning. Where the scores are not known, all that stood ahead
    of the chosen text was equally likely, and the first was certain when it was chosen.

    Args:
        selection: the choice.
        temperature: by which scores are divided; above 1, likely texts count less.
        possible: which of the texts count; None for all.

    Returns:
        By text; they sum to 1, or there are none.
    """
    if selection.scores:
        scored = zip(selection.offered, selection.scores, strict=False)
        pairs = sorted(scored, key=lambda pair: -pair[1])[:LEADERS]
    elif not selection.rank:
        pairs = [(selection.chosen, 0.0)]
    else:
        pairs = [(text, 0.0) for text in selection.offered[: selection.rank]][:LEADERS]
    best = max((score for _, score in pairs), default=0.0)
    found: dict[str, float] = {}
    for text, score in pairs:
        beginning = text[: len(selection.chosen)]
        if score == -math.inf or len(beginning) < len(selection.chosen):
            continue
        if possible is None or possible(beginning):
            mass = math.exp((score - best) / temperature)
            found[beginning] = found.get(beginning, 0.0) + mass
    total = sum(found.values())
    return {text: mass / total for text, mass in found.items()}
