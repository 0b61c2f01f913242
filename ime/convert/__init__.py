"""Conversion: letters and left context to ranked candidates, by a search over hypotheses."""
