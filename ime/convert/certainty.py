"""How sure each character of the first candidate is: what the hypotheses beside it say.

    P(character) = exp(score), summed over those that have it there, of that over all of them

They are the whole inputs that the beam kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ime.convert.beam import Hypothesis
from ime.convert.search import BeamSearch
from ime.values import CandidateList


def with_certainty(listed: CandidateList, search: BeamSearch) -> CandidateList:
    """The list with what is known of the first candidate's characters.

    Args:
        listed: as the search found it, before anything else moves its first candidate.
        search: that has just run its letters.
    """
    if not listed.items or listed.items[0].end != search.reach:
        return listed
    paths = search.paths(search.reach, search.options.beam)
    first = next((p for p in paths if p.text == listed.items[0].text), None)
    if first is None or len(first.tokens) != len(listed.items[0].text):
        return listed
    sure = replace(
        listed.items[0], certainty=certainty(first, paths, search.model.tokens.texts)
    )
    return replace(listed, items=(sure, *listed.items[1:]))


def certainty(
    first: Hypothesis, paths: Sequence[Hypothesis], texts: Sequence[str]
) -> tuple[float, ...]:
    """Probability, 0 to 1, of each character of one of some hypotheses.

    Args:
        first: one of `paths`.
        paths: hypotheses of the same letters.
        texts: of the tokens.
    """
    scores = np.array([path.score for path in paths])
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    written = [
        {span: texts[token] for token, span in zip(path.tokens, path.spans, strict=True)}
        for path in paths
    ]
    return tuple(
        min(
            1.0,
            sum(
                weight
                for weight, there in zip(weights.tolist(), written, strict=True)
                if there.get(span) == texts[token]
            ),
        )
        for token, span in zip(first.tokens, first.spans, strict=True)
    )
