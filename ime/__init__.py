"""Moyin, a pinyin input method whose converter is a Transformer on the user's machine."""
