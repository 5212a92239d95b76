"""Commands that learn cards and judge them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scoring.commands.app import app, guarded


@app.command()
def backtest(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Tasks, for example lapse or german; all of the data if not given."),
    ] = None,
    *,
    data: Annotated[str, typer.Option(help="panel, cdnow, bank or german; all if not given.")] = "",
    source: Annotated[
        Path | None,
        typer.Option(help="Folder with the public sets; SCORING_PUBLIC_DATA if not given."),
    ] = None,
    pages: Annotated[
        Path | None, typer.Option(help="Where pages go; docs/benchmarks/replays if not given.")
    ] = None,
) -> None:
    """Replay past dates: trained cards beside what people use instead, on the same rows."""

    def work() -> None:
        from scoring.backtest.report import terminal_table, write_page
        from scoring.backtest.run import backtest as replay_tasks
        from scoring.backtest.tasks import find_tasks
        from scoring.progress import Steps, stderr_console, stdout_console
        from scoring.settings import read_settings

        settings = read_settings()
        folder = pages or settings.project_dir / "docs" / "benchmarks" / "replays"
        tasks = find_tasks(data, tuple(names or ()))
        for result in replay_tasks(settings, tasks, source, Steps(stderr_console())):
            stdout_console().print(terminal_table(result))
            typer.echo(f"page: {write_page(result, folder.resolve())}")

    guarded(work)


@app.command()
def train(
    scores: Annotated[
        list[str] | None,
        typer.Argument(help="Scores to train; by default all of the sector that have a target."),
    ] = None,
    *,
    dates: Annotated[
        str, typer.Option(help="As-of dates, by commas; the first of every month if not given.")
    ] = "",
    calibrate_from: Annotated[str, typer.Option(help="First day of the calibration.")] = "",
    test_from: Annotated[str, typer.Option(help="First day of the test.")] = "",
    bin_set: Annotated[str, typer.Option(help="Bin set to use instead of a new one.")] = "",
    max_bins: Annotated[int, typer.Option(help="Most bins of a feature in a new set.")] = 20,
    max_rows: Annotated[
        int, typer.Option(help="Rows above which people are drawn by a hash.")
    ] = 200_000,
    by_hand: Annotated[
        list[str] | None,
        typer.Option(
            help="Card to climb from where the live one learned from the same rows, for example "
            "lapse_risk=11; may be given again."
        ),
    ] = None,
) -> None:
    """Learn cards from what happened, and write them as drafts beside the live ones.

    Writes score_points.csv, feature_bins.csv and docs/cards; score_catalogue.csv says which version
    is live, and is changed by a person.
    """

    def work() -> None:
        from scoring.progress import Steps, stderr_console, stdout_console
        from scoring.settings import read_date, read_settings
        from scoring.training.plans import Options, versions_of
        from scoring.training.report import print_outcomes
        from scoring.training.train import train as train_cards

        options = Options(
            dates=tuple(
                day for text in dates.split(",") if (day := read_date(text, "--dates")) is not None
            ),
            calibrate_from=read_date(calibrate_from, "--calibrate-from"),
            test_from=read_date(test_from, "--test-from"),
            bin_set=bin_set,
            max_bins=max_bins,
            max_rows=max_rows,
            by_hand=versions_of(by_hand or ()),
        )
        found = train_cards(read_settings(), scores or (), options, Steps(stderr_console()))
        print_outcomes(found, stdout_console())

    guarded(work)


@app.command()
def train_offers(
    until: Annotated[str, typer.Option(help="Date by which training's outcomes are known.")],
    test: Annotated[list[str], typer.Option(help="Date that judges; may be given again.")],
) -> None:
    """Learn the card of offers at SCORING_RAW and write it as a version beside the live one.

    Measures what is usual for each offer first, where reference_offers.csv has no row yet. Writes
    its seeds, feature_bins.csv, score_points.csv and docs/cards; score_catalogue.csv says which
    version is live, and is changed by a person.
    """

    def work() -> None:
        from scoring.errors import CannotRun
        from scoring.progress import Steps, stderr_console
        from scoring.settings import read_date, read_settings
        from scoring.training.offers.train import make_plan
        from scoring.training.offers.train import train_offers as run_training

        last = read_date(until, "--until")
        dates = [day for text in test if (day := read_date(text, "--test")) is not None]
        if last is None:
            raise CannotRun("--until must be a date, for example 2017-10-01")
        settings = read_settings()
        plan = make_plan(last, dates)
        workspace = settings.project_dir / "build" / "training"
        trained = run_training(settings, workspace, plan, Steps(stderr_console()))
        typer.echo(f"written: offer_affinity {trained.version}, docs/cards says how it does")

    guarded(work)
