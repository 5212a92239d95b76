"""The command line: `scoring run` and what goes with it."""

from __future__ import annotations

# In the order in which `scoring --help` lists the commands, which they join as they are imported.
from scoring.commands import cards, data, people, project, runs  # noqa: F401
from scoring.commands.app import app


def main() -> None:
    """Entry point of the `scoring` command."""
    app()


if __name__ == "__main__":
    main()
