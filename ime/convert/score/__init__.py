"""The terms of the score beside the language model itself."""
