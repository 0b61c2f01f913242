"""Moyin as an engine of IBus: typing in every program."""
