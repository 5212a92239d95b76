"""The sample on many dates in one warehouse, as runs on every one of them would have made it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

from scoring.warehouse import connect
from tests.support.once import SAMPLE_AS_OF_DATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt
    from tests.support.once import Once

DAYS = 45
MANIFEST = "manifest.json"
DATED = (
    *("+feat_lifecycle", "+score_history", "+scored_customers", "+customer_scores"),
    *("+score_bin_codes", "resource_type:seed"),
)
# The history keeps the date of the run alone: other dates as it would have kept them.
_KEEP = """
    insert into marts.score_history (
        customer_id, as_of_date, score_name, score_version, score_raw, score, null_reason, bin_codes
    )
    select
        results.customer_id, results.as_of_date, results.score_name, results.score_version,
        results.score_raw, results.score, results.null_reason,
        string_agg(codes.bin, '|' order by codes.feature, codes.bin_set)
    from scores.score_results as results
    inner join scores.score_bin_codes as codes using (customer_id, as_of_date)
    inner join (
        select distinct score_name, score_version, bin_set, feature from reference.score_points
    ) as card using (score_name, score_version, bin_set, feature)
    where results.as_of_date = ?
    group by all
"""


def dates() -> list[date]:
    """The dates, the run's last."""
    last = date.fromisoformat(SAMPLE_AS_OF_DATE)
    return [last - timedelta(days=back) for back in range(DAYS, -1, -1)]


def dated_sample(once: Once, dbt: Dbt, sample_raw: Path) -> Path:
    """Folder of the warehouse and of the manifest of its build."""

    def make(folder: Path) -> None:
        dbt.build(
            sample_raw,
            folder,
            as_of_date=SAMPLE_AS_OF_DATE,
            training_dates=[day.isoformat() for day in dates()[:-1]],
            select=DATED,
            keep_manifest=True,
        )
        shutil.copy(dbt.manifest_path, folder / MANIFEST)

    return once.made("dated_sample", make)


def keep_history(warehouse: Path, day: date) -> None:
    """Give the history a date, as a run of that date would have left it."""
    with connect(warehouse) as connection:
        connection.execute(_KEEP, [day])
