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


def test_sql_equals_the_trainers_predictions_of_campaigns(
    settings: Settings, built_sample: Path
) -> None:
    """The card of people and campaigns speaks in `campaign_targets`, as the trainer does."""
    (live,) = (
        row
        for row in read_rows(sector_dir(settings) / "score_catalogue.csv")
        if row["is_on"] == "true" and row["grain"] == "campaign"
    )
    card = read_card(settings, live["score_name"], int(live["score_version"]))
    with duckdb.connect(str(built_sample), read_only=True) as connection:
        pairs = connection.execute(
            "select campaigns.*, persons.* exclude (customer_id, as_of_date) "
            "from features.feat_campaigns as campaigns "
            "inner join features.feat_customers as persons using (customer_id, as_of_date)"
        ).df()
        absent = frozenset(
            row[0]
            for row in connection.execute(
                "select feature from intermediate.int_feature_availability where not is_available"
            ).fetchall()
        )
        said = connection.execute(
            "select customer_id, campaign_id, score_raw, score_name, is_calibrated "
            "from marts.campaign_targets where null_reason is null"
        ).fetchall()
    assert set(card.points) - {key for key in card.points if key[1] in absent}
    keys = zip(pairs["customer_id"], pairs["campaign_id"], strict=True)
    predicted = dict(zip(keys, np.rint(card.raw(pairs, absent) * 1000), strict=True))
    assert said
    for customer, campaign, score_raw, name, is_calibrated in said:
        assert (name, is_calibrated) == (live["score_name"], live["evidence"] != "expert")
        assert predicted[customer, campaign] == score_raw * 1000


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
