"""Measuring: test sets, engines, figures and reports; `ime.commands` reads the options."""
