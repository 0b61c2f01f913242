"""Pinyin: the syllable inventory, and raw letters to a graph of syllables."""
