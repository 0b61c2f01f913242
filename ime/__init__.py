"""Moyin, a pinyin input method whose converter is a Transformer on the user's machine."""

__version__ = "0.2.0"
