"""The page of growth: docs/benchmarks/scale.md and its chart, made from scale.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scoring.benchmark.deliveries import SMALL_DAY_ORDERS
from scoring.benchmark.nodes import LANDING, ROLLUPS, TESTS

if TYPE_CHECKING:
    from pathlib import Path

SMALL_DAY = f"a day of {SMALL_DAY_ORDERS:,} orders"
BY_HAND = "by hand"
_STEPS = ("full build", BY_HAND, "a day", "a day, 5 % late", SMALL_DAY)
_RIVALS = ("pandas", "polars", "spark")
_PHASES = (LANDING, ROLLUPS, "intermediate", "features", "scores", "marts", TESTS)
_INTRO = """# Growth

Made by `scoring benchmark --lines N`; measurements, no test. Orders and order lines of a simulated
company (two years, 50 lines a person, ten columns each), on {machine}.

* Full build: `dbt build` with its data tests, from nothing.
* By hand: [by_hand.sql](../../scripts/scoring/benchmark/by_hand.sql), one DuckDB script that makes
  the roll-ups, the features of purchases, gaps and baskets and four scores, without tests, reasons,
  rejected rows, increments or other tables. Every cell that both make is compared, after the full
  build and again after the days.
* A day: 1 % of the orders arrive, all new; in the second, 5 % of them are of the four weeks before;
  in the third {small} orders, whatever the history, as what a longer history costs is seen so.

Seconds of processors are steadier than the clock, since other work ran on the machine.
[How](../how-to/measure-growth.md).
"""


def keep(folder: Path, lines: int, memory_limit: str, found: dict[str, Any]) -> Path:
    """Keep a measurement beside earlier ones, and write page and chart anew.

    Args:
        folder: docs/benchmarks.
        lines: order lines asked for.
        memory_limit: what DuckDB might take; each size and limit has one place.
        found: what was measured.
    """
    path = folder / "scale.json"
    measured: dict[str, Any] = {}
    if path.is_file():
        measured = json.loads(path.read_text(encoding="utf-8"))
    measured[f"{lines:,} lines, {memory_limit}"] = {"asked": lines, **found}
    ordered = dict(sorted(measured.items(), key=lambda item: (item[1]["asked"], item[0])))
    path.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    page = folder / "scale.md"
    page.write_text(as_markdown(ordered), encoding="utf-8")
    _chart(ordered).save(str(folder / "scale.svg"))
    return page


def as_markdown(measured: dict[str, Any]) -> str:
    """The page."""
    machine = next(reversed(measured.values()))["machine"]
    parts = [_INTRO.format(machine=machine, small=f"{SMALL_DAY_ORDERS:,}")]
    parts.append("![Seconds of processors by order lines](scale.svg)\n")
    parts.append("## In one run each\n")
    head = "| lines, memory limit | step | wall s | processor s | by hand | peak MB | spill MB |"
    parts.append(f"{head}\n|---|---|---|---|---|---|---|")
    for name, found in measured.items():
        hand = found["steps"][BY_HAND]["processor_seconds"]
        for step in _steps_of(found):
            one = found["steps"][step]
            ratio = one["processor_seconds"] / hand
            parts.append(
                f"| {name} | {step} | {one['wall_seconds']:.0f} | {one['processor_seconds']:.0f} | "
                f"{ratio:.1f} times | {one['peak_megabytes']:.0f} | {one['spill_megabytes']:.0f} |"
            )
        parts += [_rival_row(name, one, found["steps"][one], hand) for one in _RIVALS]
    parts.append(
        "\nRatios are of processor seconds, to the script by hand in the same run. pandas, "
    )
    parts[-1] += (
        "Polars and Spark make the roll-ups and a few windows only: no gaps, rates, baskets or "
        "scores. Of Spark the clock alone is known, since its work is in another process.\n"
    )
    parts += _phases(measured)
    parts += _scoring(measured)
    parts += _slowest(measured)
    cells = ", ".join(
        f"{found['compared_cells']:,} and {found['compared_cells_grown']:,} ({name})"
        for name, found in measured.items()
    )
    parts.append(
        f"\nCells compared, none different, in the full and in the grown warehouse: {cells}."
    )
    return "\n".join(parts) + "\n"


def _steps_of(found: dict[str, Any]) -> list[str]:
    """The steps of a measurement; what was measured before record 93 has no small day."""
    return [step for step in _STEPS if step in found["steps"]]


def _rival_row(name: str, rival: str, one: dict[str, Any], hand: float) -> str:
    if "said" in one:
        return f"| {name} | {rival} | {one['said']} | | | | |"
    if rival == "spark":
        return f"| {name} | {rival} | {one['wall_seconds']:.0f} | | | | |"
    ratio = one["processor_seconds"] / hand
    return (
        f"| {name} | {rival} | {one['wall_seconds']:.0f} | {one['processor_seconds']:.0f} | "
        f"{ratio:.1f} times | {one['peak_megabytes']:.0f} | |"
    )


def _phases(measured: dict[str, Any]) -> list[str]:
    parts = [
        "## Where the time goes\n",
        "Seconds of the clock, summed over nodes.\n",
    ]
    parts.append(f"| lines, memory limit | step | {' | '.join(_PHASES)} |")
    parts.append(f"|---|---|{'---|' * len(_PHASES)}")
    for name, found in measured.items():
        full = found["steps"]["full build"]["phases"]
        for step in _steps_of(found):
            if step == BY_HAND:
                continue
            phases = found["steps"][step]["phases"]
            cells = " | ".join(f"{phases.get(phase, 0):.1f}" for phase in _PHASES)
            parts.append(f"| {name} | {step} | {cells} |")
        day = found["steps"]["a day"]["phases"]
        share = (day[LANDING] + day[ROLLUPS]) / (full[LANDING] + full[ROLLUPS])
        parts.append(f"| {name} | landing and roll-ups of a day, of a full build | {share:.1%} |")
    return [*parts, ""]


def _scoring(measured: dict[str, Any]) -> list[str]:
    parts = ["## Scoring only\n"]
    parts.append(
        "Six cards of the sector and four made-up ones, on features that are there: bins, "
    )
    parts[-1] += (
        "points, sums, the three strongest features each way. Besides: the overall score, which "
        "weighs them and ranks everybody, and their words in two languages, joined where they are "
        "read, all of them written to Parquet.\n"
    )
    parts.append(
        "| lines, memory limit | people | features of a made-up card | s | people a second | "
        "overall s | words s |"
    )
    parts.append("|---|---|---|---|---|---|---|")
    for name, found in measured.items():
        one = found["scoring"]
        # Before record 87 a table held the words, so that to write it was among the seconds;
        # before record 91 the overall score was.
        overall = f"{one['overall_seconds']:.1f}" if "overall_seconds" in one else "among them"
        words = f"{one['words_seconds']:.1f}" if "words_seconds" in one else "among them"
        parts.append(
            f"| {name} | {found['customers']:,} | {one['features_per_made_up_card']} | "
            f"{one['seconds']:.1f} | {one['customers_per_second']:,} | "
            f"{overall} | {words} |"
        )
    return [*parts, ""]


def _slowest(measured: dict[str, Any]) -> list[str]:
    name, found = next(reversed(measured.items()))
    parts = [f"## The slowest nodes ({name})\n", "| step | node, seconds |", "|---|---|"]
    for step in ("full build", "a day"):
        nodes = found["steps"][step]["slowest"].items()
        parts.append(f"| {step} | {', '.join(f'{node} {took:.1f}' for node, took in nodes)} |")
    nodes = found["scoring"]["slowest"].items()
    parts.append(f"| scoring only | {', '.join(f'{node} {took:.1f}' for node, took in nodes)} |")
    return parts


def _chart(measured: dict[str, Any]) -> Any:  # noqa: ANN401 - altair's charts have no common type
    import altair as alt
    from pandas import DataFrame

    rows = [
        {
            "lines": found["asked"],
            "step": step,
            "seconds of processors": found["steps"][step]["processor_seconds"],
            "memory limit": found["memory_limit"],
        }
        for found in measured.values()
        for step in _steps_of(found)
    ]
    scale = alt.Scale(type="log")
    return (
        alt.Chart(DataFrame(rows), width=520, height=300)
        .mark_line(point=True)
        .encode(
            x=alt.X("lines:Q", scale=scale, title="order lines"),
            y=alt.Y("seconds of processors:Q", scale=scale),
            color=alt.Color("step:N", sort=list(_STEPS)),
            strokeDash=alt.StrokeDash("memory limit:N"),
        )
    )
