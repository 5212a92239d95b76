"""Commands of the daily round: run, look, explain, compare."""

from __future__ import annotations

from typing import Annotated

import typer

from scoring.commands.app import app, guarded


@app.command()
def run() -> None:
    """Check, build, check and publish the scores of the raw data at SCORING_RAW.

    Settings are environment variables: SCORING_RAW (data/sample), SCORING_AS_OF_DATE (the day
    after the latest event), SCORING_SECTOR (commerce), SCORING_WAREHOUSE, SCORING_PUBLISHED,
    SCORING_RUN_ID, SCORING_MEMORY_LIMIT (8GB), SCORING_THREADS (1).
    """

    def work() -> None:
        from scoring.progress import Steps, stderr_console, stdout_console
        from scoring.run import run as run_scoring
        from scoring.settings import read_settings
        from scoring.summary import print_summary

        settings = read_settings()
        publication = run_scoring(settings, Steps(stderr_console()))
        print_summary(publication.folder, stdout_console())

    guarded(work)


@app.command()
def summary() -> None:
    """Show what the published copy of SCORING_RAW says."""

    def work() -> None:
        from scoring.progress import stdout_console
        from scoring.publish import current_folder
        from scoring.settings import read_settings
        from scoring.summary import print_summary

        print_summary(current_folder(read_settings().published_dir), stdout_console())

    guarded(work)


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

    guarded(work)


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

    guarded(work)
