"""Commands on who people are: link, forget, quality of the base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scoring.commands.app import app, guarded


@app.command()
def link(
    path: Annotated[
        Path | None,
        typer.Option("--to", help="File to write, .csv or .parquet; below build/identity if not."),
    ] = None,
    *,
    threshold: Annotated[float, typer.Option(help="Least probability of a pair.")] = 0.9,
) -> None:
    """Propose pairs of records that are probably one person, as a file to judge; merges nothing."""

    def work() -> None:
        from scoring.identity.proposals import propose, write_proposals
        from scoring.settings import read_settings

        settings = read_settings()
        folder = settings.project_dir / "build" / "identity" / settings.stem
        target = (path or folder / "proposals.csv").resolve()
        proposals = propose(settings, threshold)
        write_proposals(proposals, target)
        typer.echo(
            f"{len(proposals.pairs):,} pairs to judge among {proposals.record_count:,} records"
            f" ({proposals.known_count:,} more are one person already, or judged): {target}"
        )

    guarded(work)


@app.command()
def forget(
    person: Annotated[str, typer.Argument(help="customer_id of the person, as the CRM has it.")],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove; otherwise only say what would be removed.")
    ] = False,
) -> None:
    """Remove a person from raw copies, warehouse, published versions and logs, and prove it."""

    def work() -> None:
        from scoring.forget.command import forget as forget_person
        from scoring.forget.report import print_forgetting
        from scoring.progress import stdout_console
        from scoring.settings import read_settings

        print_forgetting(forget_person(read_settings(), person, for_good=yes), stdout_console())

    guarded(work)


@app.command()
def quality(
    path: Annotated[
        Path | None,
        typer.Option("--to", help="Write to a .md or .json file instead of the screen."),
    ] = None,
) -> None:
    """Tell how usable the inputs of the last build are; exit code 1 if something forbids trust."""

    def work() -> None:
        from scoring.errors import CannotRun, ChecksFailed
        from scoring.progress import stdout_console
        from scoring.quality.report import as_json, as_markdown, print_quality, read_quality
        from scoring.settings import read_settings

        found = read_quality(read_settings().warehouse_path)
        if path is None:
            print_quality(found, stdout_console())
        elif path.suffix in {".md", ".json"}:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = as_json(found) if path.suffix == ".json" else as_markdown(found)
            path.write_text(text, encoding="utf-8")
            typer.echo(f"written: {path}")
        else:
            raise CannotRun(f"{path}: write to a file that ends in .md or .json")
        if not found.is_usable:
            raise ChecksFailed("the inputs have errors: see the findings")

    guarded(work)
