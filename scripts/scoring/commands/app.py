"""The program that commands belong to, and how it answers errors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from scoring.errors import ScoringError

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="scoring",
    help="Score customers: raw CRM and transaction tables in, explained 0-10 scores out.",
    epilog="Exit codes: 0 ok, 1 checks failed, 2 could not run, 3 locked by another run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help: laying it out in boxes would take half of the time of `scoring --help`.
    rich_markup_mode=None,
)


def guarded(work: Callable[[], None]) -> None:
    """Run a command: an error is one clear message on standard error and an exit code.

    Raises:
        typer.Exit: with the exit code of the error.
    """
    try:
        work()
    except ScoringError as error:
        _complain(error)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a person sees one line
        from scoring.run import unexpected
        from scoring.settings import read_settings

        _complain(unexpected(read_settings(), error))


def _complain(error: ScoringError) -> None:
    notes = getattr(error, "__notes__", [])
    sys.stderr.write("\n".join([f"scoring: {error}", *notes]) + "\n")
    raise typer.Exit(error.exit_code) from None
