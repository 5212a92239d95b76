"""The warehouse adds up what the trainer predicted, for everybody, to the last digit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from scoring.settings import Settings, read_settings
from scoring.training.cards import LOG_ODDS, read_card, read_scale
from scoring.training.seeds import read_rows, sector_dir

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def settings(project_dir: Path) -> Settings:
    return read_settings({"SCORING_PROJECT": str(project_dir)})


def test_sql_equals_the_trainers_predictions(settings: Settings, built_sample: Path) -> None:
    """Points are rounded before the trainer predicts, so nothing is left to a tolerance."""
    live = [
        row
        for row in read_rows(sector_dir(settings) / "score_catalogue.csv")
        if row["evidence"] in {"shrunk", "trained"} and row["grain"] == "person"
    ]
    assert len(live) >= 3
    with duckdb.connect(str(built_sample), read_only=True) as connection:
        features = connection.execute("select * from features.feat_customers").df()
        absent = frozenset(
            row[0]
            for row in connection.execute(
                "select feature from intermediate.int_feature_availability where not is_available"
            ).fetchall()
        )
        for row in live:
            card = read_card(settings, row["score_name"], int(row["score_version"]))
            scale = read_scale(settings, row["score_name"])
            predicted = np.rint(card.raw(features, absent) * 1000)
            raw = dict(zip(features["customer_id"], predicted, strict=True))
            rows = connection.execute(
                "select customer_id, score_raw, probability, expected_amount "
                "from scores.score_results where score_name = $name and null_reason is null",
                {"name": row["score_name"]},
            ).fetchall()
            assert len(rows) > 100
            for customer, score_raw, probability, amount in rows:
                assert raw[customer] == score_raw * 1000, (row["score_name"], customer)
                value = scale.reference_value * 2 ** (
                    (float(score_raw) - 5) / scale.points_per_doubling
                )
                if scale.kind == LOG_ODDS:
                    expected = math.floor(1 / (1 + 1 / value) * 1e6 + 0.5) / 1e6
                    assert float(probability) == expected
                else:
                    assert float(amount) == math.floor(value * 1e4 + 0.5) / 1e4
