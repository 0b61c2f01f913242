"""Words: the shipped lexicon, custom phrases, punctuation, numerals, surnames."""
