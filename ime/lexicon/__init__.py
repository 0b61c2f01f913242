"""Words: the shipped lexicon, the user dictionary, custom phrases, punctuation."""
