"""The n-gram and the pairs of words: no part of them needs torch."""
