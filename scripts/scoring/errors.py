"""Errors that end a command, each with its exit code.

0 all went well, 1 checks failed, 2 could not run, 3 another run holds the warehouse.
"""


class ScoringError(Exception):
    """A failure that a person can act on: its message says what, where and what to do."""

    exit_code = 2


class ChecksFailed(ScoringError):
    """Data tests or expectations failed: nothing was published."""

    exit_code = 1


class CannotRun(ScoringError):
    """Bad input, bad configuration or a build error."""

    exit_code = 2


class Locked(ScoringError):
    """Another run holds the warehouse."""

    exit_code = 3
