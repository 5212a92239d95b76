"""Growth: a build of so many order lines, a day on top, and what a person would write instead."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring.benchmark import by_hand, made_up, nodes
from scoring.benchmark.deliveries import deliver, split
from scoring.benchmark.processes import Usage, machine, measure
from scoring.benchmark.report import BY_HAND, SMALL_DAY
from scoring.benchmark.rivals import rival_usages
from scoring.contract import read_contract
from scoring.warehouse import connect, literal, scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from scoring.settings import Settings

LINES_PER_CUSTOMER = 50
_DAYS = 730
# Some dirt, as every company has; more of it would measure the refusing.
_DIRT = 0.002
_QUIET = ("--quiet", "--log-level-file", "none")


@dataclass(frozen=True)
class _Bench:
    """Where one measurement works."""

    settings: Settings
    folder: Path
    memory_limit: str
    say: Callable[[str], None]

    @property
    def warehouse(self) -> Path:
        """The warehouse that is built."""
        return self.folder / "ours.duckdb"

    @property
    def target(self) -> Path:
        """Where dbt writes its results."""
        return self.folder / "target"

    def dbt(self, name: str, raw: Path, project: Path, *arguments: str) -> Usage:
        """One dbt command on the warehouse."""
        self.say(name)
        environment = {
            "SCORING_RAW": str(raw),
            "SCORING_WAREHOUSE": str(self.warehouse),
            "SCORING_MEMORY_LIMIT": self.memory_limit,
            "SCORING_THREADS": "1",
            "SCORING_SECTOR": self.settings.sector,
            "DBT_TARGET_PATH": str(self.target),
            "DBT_PROFILES_DIR": str(project),
        }
        dbt = str(Path(sys.executable).with_name("dbt"))
        return measure(
            name,
            (dbt, *_QUIET, *arguments),
            environment,
            folder=project,
            log=self.folder / "output.log",
            spill_folder=self.folder / f"{self.warehouse.name}.tmp",
        )

    def by_hand(self, raw: Path, database: Path) -> Usage:
        """The script by hand on a new database."""
        self.say("by hand")
        database.unlink(missing_ok=True)
        seeds = self.settings.project_dir / "seeds"
        return measure(
            "the script by hand",
            (
                *(sys.executable, "-m", "scoring.benchmark.by_hand", str(database), str(raw)),
                *(str(seeds), self.settings.sector, self.memory_limit),
            ),
            {},
            folder=self.settings.project_dir,
            log=self.folder / "output.log",
            spill_folder=self.folder / f"{database.name}.tmp",
        )


def run_scale(
    settings: Settings,
    lines: int,
    folder: Path,
    memory_limit: str,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Measure builds of simulated orders and lines, and what a person would write instead.

    Args:
        settings: the project and its sector.
        lines: order lines to simulate, about.
        folder: an empty or new folder for raw data and warehouses; some 30 bytes a line for each.
        memory_limit: what DuckDB may take, for example 8GB.
        say: told of every step.

    Returns:
        What was measured, as it stands in docs/benchmarks/scale.json.

    Raises:
        ChecksFailed: the models and the script by hand differ in a cell.
        CannotRun: a step failed.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    bench = _Bench(settings, folder, memory_limit, say)
    bench.warehouse.unlink(missing_ok=True)
    shutil.rmtree(bench.target, ignore_errors=True)
    say("simulate")
    made = _simulate(settings, lines, folder / "made")
    with duckdb.connect() as connection:
        parts = split(connection, made, folder / "delivered")
    raw, project = parts.history, settings.project_dir
    found: dict[str, Any] = {"machine": machine(), "memory_limit": memory_limit, "steps": {}}

    def step(name: str, usage: Usage) -> None:
        say(f"{name}: {_in_words(usage)}")
        results = nodes.read_results(bench.target)
        found["steps"][name] = {
            **_rounded(usage),
            "phases": nodes.seconds_by_phase(results),
            "slowest": nodes.slowest(results),
        }

    step("full build", bench.dbt("full build", raw, project, "build"))
    hand = folder / "hand.duckdb"
    usage = bench.by_hand(raw, hand)
    say(f"by hand: {_in_words(usage)}")
    found["steps"][BY_HAND] = _rounded(usage)
    say("compare with by hand")
    found["compared_cells"] = _compare(bench.warehouse, hand)
    for name, rival in rival_usages(raw, folder, say).items():
        found["steps"][name] = _rounded(rival) if isinstance(rival, Usage) else {"said": rival}
    for name, part in (
        ("a day", parts.day),
        ("a day, 5 % late", parts.late_day),
        (SMALL_DAY, parts.small_day),
    ):
        deliver(part, raw)
        step(name, bench.dbt(name, raw, project, "build"))
    bench.by_hand(raw, hand)
    say("compare the grown warehouse with by hand")
    found["compared_cells_grown"] = _compare(bench.warehouse, hand)
    hand.unlink()
    found |= _counts(bench.warehouse)
    found["scoring"] = _score_only(bench, raw, found["customers"])
    return found


def _simulate(settings: Settings, lines: int, folder: Path) -> Path:
    from scoring.simulate import simulate
    from scoring.simulate.plan import make_plan
    from scoring.simulate.sectors import find_sector

    plan = make_plan(
        customers=max(lines // LINES_PER_CUSTOMER, 1),
        days=_DAYS,
        seed=1,
        sector=find_sector(settings.sector),
        lines_per_customer=LINES_PER_CUSTOMER,
        dirt=_DIRT,
        late=0.0,
        tables="sales",
    )
    return simulate(folder, plan, read_contract(settings.project_dir)).folder


def _compare(warehouse: Path, hand: Path) -> int:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as ours (read_only)")
        connection.execute(f"attach '{hand}' as hand (read_only)")
        return by_hand.compare(connection)


def _counts(warehouse: Path) -> dict[str, int]:
    with connect(warehouse, read_only=True) as connection:
        return {
            name: int(str(scalar(connection, f"select count(*) from {table}")))
            for name, table in (
                ("lines", "staging.stg_sales__order_lines"),
                ("orders", "staging.stg_sales__orders"),
                ("customers", "features.feat_customers"),
            )
        }


def _score_only(bench: _Bench, raw: Path, customers: int) -> dict[str, Any]:
    """Ten cards on the features that are there, with reasons; the overall score besides."""
    project = bench.folder / "project"
    with connect(bench.warehouse, read_only=True) as connection:
        features = made_up.copy_with_cards(
            connection, bench.settings.project_dir, project, bench.settings.sector
        )
    select = ("--select", *made_up.SEEDS, *sorted(made_up.SCORE_NODES | made_up.OVERALL_NODES))
    no_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    usage = bench.dbt("scoring only", raw, project, "build", *select, *no_tests)
    results = nodes.read_results(bench.target)
    seconds = nodes.seconds_of(results, made_up.SCORE_NODES)
    bench.say("reasons in words")
    words_seconds = _write_reasons(bench)
    return {
        **_rounded(usage),
        "seconds": round(seconds, 2),
        "customers_per_second": round(customers / seconds),
        "overall_seconds": round(nodes.seconds_of(results, made_up.OVERALL_NODES), 2),
        "words_seconds": round(words_seconds, 2),
        "features_per_made_up_card": features,
        "slowest": nodes.slowest(results),
    }


def _write_reasons(bench: _Bench) -> float:
    """Seconds to write every score with its words, which a view joins, as publishing does."""
    file = bench.folder / "customer_scores.parquet"
    with connect(bench.warehouse, read_only=True) as connection:
        connection.execute(f"set memory_limit = {literal(bench.memory_limit)}")
        connection.execute("set preserve_insertion_order = false")
        before = time.monotonic()
        connection.execute(
            f"copy (select * from marts.customer_scores) to {literal(file)} (format parquet)"
        )
        seconds = time.monotonic() - before
    file.unlink()
    return seconds


def _in_words(usage: Usage) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {value:,}" for name, value in _rounded(usage).items()
    )


def _rounded(usage: Usage) -> dict[str, float]:
    return {name: round(value, 1) for name, value in asdict(usage).items()}
