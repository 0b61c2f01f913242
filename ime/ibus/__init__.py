"""Moyin as an engine of IBus, in a process of its own without Qt: typing in every program."""
