"""Commands on the project itself: its seeds, its pages, its times."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from scoring.commands.app import app, guarded


@app.command(name="check-config")
def check_config(
    sectors: Annotated[
        list[str] | None, typer.Argument(help="Sectors to check; all of them if not given.")
    ] = None,
) -> None:
    """Check what people may edit: every row of the seeds that could not be used, with a remedy."""

    def work() -> None:
        from scoring.configuration import refuse_bad_configuration, sectors_of
        from scoring.errors import CannotRun
        from scoring.settings import find_project_dir

        project = find_project_dir(os.environ)
        known = sectors_of(project)
        unknown = sorted(set(sectors or ()) - set(known))
        if unknown:
            raise CannotRun(f"there is no sector {unknown[0]}; there are: {', '.join(known)}")
        refuse_bad_configuration(project, sectors or known)
        typer.echo(f"the configuration is sound: {', '.join(sectors or known)}")

    guarded(work)


@app.command("scores-page")
def scores_page() -> None:
    """Write docs/scores.md from the seeds: what each score means in each sector."""

    def work() -> None:
        from scoring.score_page import score_page
        from scoring.settings import read_settings

        project = read_settings().project_dir
        path = project / "docs" / "scores.md"
        path.write_text(score_page(project / "seeds"), encoding="utf-8")
        typer.echo(f"written: {path}")

    guarded(work)


@app.command()
def benchmark(
    *,
    with_tests: Annotated[
        bool, typer.Option("--with-tests", help="Measure `make test` too, some minutes more.")
    ] = False,
    learning: Annotated[
        bool, typer.Option("--learning", help="Instead: learn a card from 200,000 made-up rows.")
    ] = False,
    lines: Annotated[
        int | None,
        typer.Option(help="Instead: builds of so many simulated order lines, beside by hand."),
    ] = None,
    memory_limit: Annotated[str, typer.Option(help="With --lines: what DuckDB may take.")] = "8GB",
    folder: Annotated[
        Path | None, typer.Option(help="With --lines: where to work; build/benchmark if not given.")
    ] = None,
) -> None:
    """Measure the commands that people wait for, with --lines how builds grow, or learning."""

    def grow(count: int) -> None:
        from scoring.benchmark.report import keep
        from scoring.benchmark.scale import run_scale
        from scoring.settings import read_settings

        settings = read_settings()
        place = (folder or settings.project_dir / "build" / "benchmark").resolve()
        found = run_scale(settings, count, place, memory_limit, typer.echo)
        docs = settings.project_dir / "docs" / "benchmarks"
        typer.echo(f"written: {keep(docs, count, memory_limit, found)}")

    def learn() -> None:
        from scoring.benchmark.learning import FEATURES, ROWS, measure_learning, write_page
        from scoring.settings import read_settings

        settings = read_settings()
        usage, said = measure_learning(settings, ROWS, FEATURES)
        typer.echo(f"written: {write_page(settings, usage, said)}")

    def work() -> None:
        if learning:
            learn()
            return
        if lines is not None:
            grow(lines)
            return
        from rich.table import Table

        from scoring.benchmark import machine, run_benchmark
        from scoring.progress import stderr_console, stdout_console
        from scoring.settings import read_settings

        table = Table("command", "wall s", "processor s", "peak MB", "budget s", title=machine())
        for one in run_benchmark(read_settings(), with_tests=with_tests):
            stderr_console().print(f"{one.name}: {one.usage.wall_seconds:.1f} s")
            table.add_row(
                one.name,
                f"{one.usage.wall_seconds:.1f}",
                f"{one.usage.processor_seconds:.1f}",
                f"{one.usage.peak_megabytes:.0f}",
                str(one.budget_seconds),
            )
        stdout_console().print(table)

    guarded(work)
