"""Four made-up cards of forty features each, in a copy of the project."""

from __future__ import annotations

import csv
import random
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

CARDS = tuple(f"made_up_{number}" for number in range(1, 5))
SIX = frozenset(
    {
        *("purchase_propensity", "customer_value", "purchase_regularity"),
        *("campaign_response", "lapse_risk", "marketing_pressure"),
    }
)
# What makes scores with their reasons, and what weighs and ranks people by them.
SCORE_NODES = frozenset(
    {
        *("score_bins", "score_card_rows", "score_sums", "score_missing_inputs", "score_judged"),
        *("score_results", "customer_scores"),
    }
)
OVERALL_NODES = frozenset({"score_overall_points", "score_overall", "score_overall_reasons"})
SEEDS = ("feature_bins", "score_points", "score_catalogue")
_BIN_SET = "made_up"
_VERSION = "900"
_BIN_COUNT = 8
_FEATURES_PER_CARD = 40
_COPIED = ("macros", "models", "seeds", "snapshots", "tests/generic", "tests/singular")


def copy_with_cards(
    connection: duckdb.DuckDBPyConnection, project: Path, folder: Path, sector: str
) -> int:
    """Copy the project, leave six live cards on, and add the made-up ones.

    Cut-offs are the quantiles of the features in the warehouse; features that few have are taken
    too, so that every card has forty.

    Args:
        connection: on the warehouse, read-only.
        project: the project's folder.
        folder: where the copy goes.
        sector: whose catalogue.

    Returns:
        Features of each card.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in _COPIED:
        shutil.copytree(project / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml", "selectors.yml"):
        shutil.copy2(project / name, folder / name)
    cards = folder / "seeds" / "reference" / "cards"
    numeric = [
        row[0]
        for row in connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'features' "
            "and table_name = 'feat_customers' and (data_type = 'BIGINT' or "
            "starts_with(data_type, 'DECIMAL')) order by column_name"
        ).fetchall()
    ]
    counts = connection.execute(
        f"select {', '.join(f'count({name})' for name in numeric)} from features.feat_customers"
    ).fetchall()[0]
    # Features that somebody has come first: what is absent costs nothing to bin.
    filled = sorted(numeric, key=lambda name: (-counts[numeric.index(name)], name))
    features = filled[:_FEATURES_PER_CARD]
    bins = {name: _cutoffs(connection, name) for name in features}
    _add_rows(cards / "feature_bins.csv", _bin_rows(bins))
    _add_rows(cards / "score_points.csv", _point_rows(bins))
    _switch(folder / "seeds" / "sectors" / sector / "score_catalogue.csv")
    return len(features)


def _cutoffs(connection: duckdb.DuckDBPyConnection, feature: str) -> list[str]:
    shares = ", ".join(str(i / _BIN_COUNT) for i in range(1, _BIN_COUNT))
    found = connection.execute(
        f"select quantile_disc({feature}, [{shares}]) from features.feat_customers"
    ).fetchall()[0][0]
    return [str(value) for value in sorted(set(found or ()))]


def _bin_rows(bins: dict[str, list[str]]) -> list[dict[str, str]]:
    rows = []
    for feature, cutoffs in bins.items():
        common = {"bin_set": _BIN_SET, "feature": feature, "reference_share": "0"}
        for code, kind in (("-1", "absent"), ("0", "missing")):
            rows.append(
                {**common, "bin": code, "bin_kind": kind, "label_en": kind, "label_fr": kind}
            )
        bounds = ["", *cutoffs, ""]
        for place, (lower, upper) in enumerate(pairwise(bounds), start=1):
            label = f"{lower or 'less'} to {upper or 'more'}"
            one = {"bin": str(place), "bin_kind": "range", "label_en": label, "label_fr": label}
            rows.append({**common, **one, "lower_bound": lower, "upper_bound": upper})
    return rows


def _point_rows(bins: dict[str, list[str]]) -> list[dict[str, str]]:
    chance = random.Random(1)
    rows = []
    for card in CARDS:
        common = {"score_name": card, "score_version": _VERSION, "bin_set": _BIN_SET}
        rows.append({**common, "feature": "(base)", "bin": "0", "points": "0.000"})
        for feature, cutoffs in bins.items():
            rows.append({**common, "feature": feature, "bin": "-1", "points": "0.000"})
            rows += [
                {
                    **common,
                    "feature": feature,
                    "bin": str(code),
                    "points": f"{chance.uniform(-1, 1):.3f}",
                }
                for code in range(len(cutoffs) + 2)
            ]
    return rows


def _add_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        names = next(csv.reader(stream))
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, names, restval="", lineterminator="\n").writerows(rows)


def _switch(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = [
        {**row, "is_on": str(row["score_name"] in {*SIX, "overall"}).lower()}
        if row["grain"] == "person"
        else row
        for row in rows
    ]
    like = next(row for row in rows if row["score_name"] == "marketing_pressure")
    kept += [{**like, "score_name": card, "score_version": _VERSION} for card in CARDS]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
