"""What a person would write instead of the project: one SQL script, and its cells against ours."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.errors import ChecksFailed
from scoring.warehouse import connect, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

SCRIPT = Path(__file__).with_name("by_hand.sql")
# Cards whose features orders and lines feed; those of the other live cards need other tables.
SCORES = ("customer_value", "lapse_risk", "purchase_propensity", "purchase_regularity")
_TABLES = {
    "order_days": (
        "intermediate.int_order_days",
        """
        source_customer_id as customer_id, event_date as order_date, currency, channel,
        order_count, return_count, line_count, coupon_order_count, amount, return_amount,
        discount_amount, coupon_amount
        """,
        "order_count <> 0 or return_count <> 0",
    ),
    "product_days": (
        "intermediate.int_product_days",
        """
        source_customer_id as customer_id, event_date as order_date, currency, product_id,
        line_count, net_amount, discount_amount
        """,
        "line_count <> 0",
    ),
}


def make(connection: duckdb.DuckDBPyConnection, raw: Path, seeds: Path, sector: str) -> None:
    """Run the script in an empty database.

    Args:
        connection: the database.
        raw: folder of raw files.
        seeds: the project's seeds.
        sector: whose cards.
    """
    text = SCRIPT.read_text(encoding="utf-8")
    statistics = seeds / "sectors" / sector / "reference_statistics.csv"
    for name, path in (
        ("{raw}", raw),
        ("{rates}", seeds / "reference" / "currency_rates.csv"),
        ("{statistics}", statistics),
    ):
        text = text.replace(name, str(path))
    features, scores = text.split("create table scores as")
    connection.execute(features)
    made = frozenset(row[0] for row in connection.execute("describe features").fetchall())
    points = _points(seeds, sector, made).items()
    columns = ",\n    ".join(f"{expression} as {score}" for score, expression in points)
    connection.execute("create table scores as" + scores.replace("{points}", columns))


def _points(seeds: Path, sector: str, features: frozenset[str]) -> dict[str, str]:
    """Each score as one expression: 5, the base, a case per feature; what is absent is worth 0."""
    versions = {
        row["score_name"]: row["score_version"]
        for row in _rows(seeds / "sectors" / sector / "score_catalogue.csv")
    }
    bins: Mapping[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in _rows(seeds / "reference" / "cards" / "feature_bins.csv"):
        bins[row["bin_set"], row["feature"]].append(row)
    found: dict[str, list[str]] = {score: ["5"] for score in SCORES}
    points: dict[str, dict[tuple[str, str], dict[str, str]]] = {s: {} for s in SCORES}
    for row in _rows(seeds / "reference" / "cards" / "score_points.csv"):
        score = row["score_name"]
        if score in found and row["score_version"] == versions[score]:
            key = (row["bin_set"], row["feature"])
            points[score].setdefault(key, {})[row["bin"]] = row["points"]
    for score, cards in points.items():
        for (bin_set, feature), by_bin in cards.items():
            if feature == "(base)":
                found[score].append(f"({by_bin['0']})")
            elif feature in features:
                found[score].append(_case(feature, bins[bin_set, feature], by_bin))
    return {score: f"cast({' + '.join(parts)} as decimal(9, 3))" for score, parts in found.items()}


def _case(feature: str, bins: list[dict[str, str]], points: Mapping[str, str]) -> str:
    ranges = sorted((b for b in bins if b["bin_kind"] == "range"), key=lambda b: int(b["bin"]))
    branches = [f"when {feature} is null then {points['0']}"]
    branches += [
        f"when {feature} < {one['upper_bound']} then {points[one['bin']]}"
        for one in ranges
        if one["upper_bound"]
    ]
    last = next(one for one in ranges if not one["upper_bound"])
    return f"case {' '.join(branches)} else {points[last['bin']]} end"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def compare(connection: duckdb.DuckDBPyConnection) -> int:
    """Compare every cell that both made, in databases attached as `ours` and `hand`.

    Returns:
        How many cells were compared.

    Raises:
        ChecksFailed: a cell differs, or a row is missing on one side.
    """
    columns = [
        row[0]
        for row in connection.execute("describe hand.main.features").fetchall()
        if row[0] != "customer_id"
    ]
    pairs = {
        name: (f"select {names} from ours.{table} where {condition}", f"select * from hand.{name}")
        for name, (table, names, condition) in _TABLES.items()
    }
    listed = ", ".join(["customer_id", *columns])
    pairs["features"] = (
        f"select {listed} from ours.features.feat_customers",
        f"select {listed} from hand.features",
    )
    for score in SCORES:
        ours = (
            "select customer_id, score_raw from ours.scores.score_results "
            f"where score_name = '{score}' and score_raw is not null"
        )
        pairs[score] = (
            ours,
            f"select customer_id, {score} from hand.scores semi join ({ours}) using (customer_id)",
        )
    compared = 0
    for name, (left, right) in pairs.items():
        compared += _compared(connection, name, left, right)
    return compared


def _compared(connection: duckdb.DuckDBPyConnection, name: str, left: str, right: str) -> int:
    width = len(connection.execute(f"describe {left}").fetchall())
    summed = "select count(*), bit_xor(hash(cells)), sum(hash(cells)) from"
    one = connection.execute(f"{summed} ({left}) as cells").fetchall()[0]
    # Types are made alike, so that equal values have equal hashes.
    types = [(row[0], row[1]) for row in connection.execute(f"describe {left}").fetchall()]
    names = [row[0] for row in connection.execute(f"describe {right}").fetchall()]
    cast = ", ".join(
        f'cast("{theirs}" as {kind}) as "{ours}"'
        for (ours, kind), theirs in zip(types, names, strict=True)
    )
    other = connection.execute(f"{summed} (select {cast} from ({right})) as cells").fetchall()[0]
    if one != other:
        example = connection.execute(
            f"({left} except select {cast} from ({right})) limit 1"
        ).fetchall()
        raise ChecksFailed(
            f"models and script by hand differ in {name}: {one[0]:,} and {other[0]:,} rows; "
            f"for example only the models have {example[0] if example else 'nothing more'}"
        )
    return int(one[0]) * width


def main() -> None:
    """Run the script: `python -m scoring.benchmark.by_hand DATABASE RAW SEEDS SECTOR MEMORY`."""
    database, raw, seeds, sector, memory = sys.argv[1:]
    # The same file format as the warehouse: how cells are stored is no merit of models.
    with connect(Path(database)) as connection:
        connection.execute(
            f"set memory_limit = {literal(memory)}; set threads = 2;"
            " set preserve_insertion_order = false"
        )
        make(connection, Path(raw), Path(seeds), sector)


if __name__ == "__main__":
    main()
