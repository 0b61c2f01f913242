"""Subcommands of `moyin`."""
