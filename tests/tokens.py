"""Tokens by what they say."""

from __future__ import annotations

from model.vocab import UNKNOWN, Vocabulary


def id_of(vocabulary: Vocabulary, char: str, syllable: str) -> int:
    """Id of a (hanzi, syllable) pair that the vocabulary has."""
    token = vocabulary.find(char, syllable)
    assert token != UNKNOWN, (char, syllable)
    return token
