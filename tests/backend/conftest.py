"""Commits and a log to put them in, as the tests of the database have them."""

from tests.userdb.conftest import commit_of, database, log

__all__ = ["commit_of", "database", "log"]
