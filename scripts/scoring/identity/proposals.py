"""`scoring link`: pairs of records that may be one person, written as a file to judge.

Nothing is merged by it. Who judged fills `verdict` (same or different) and `decided_at`, drops the
rows that stay open, and delivers the file as `crm/identity_links/<name>.csv`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.identity.linkage import COMPARED, KEY, THRESHOLD, find_pairs
from scoring.warehouse import connect, literal

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame

    from scoring.identity.linkage import Pair
    from scoring.settings import Settings

COLUMNS = (
    *("customer_id", "other_customer_id", "verdict", "decided_at"),
    *("probability", "evidence"),
)
SUFFIXES = (".csv", ".parquet")

# The latest cells of everyone whom the CRM did not delete, and the person that each of them is.
_RECORDS = f"""
select
    cells.customer_id as {KEY},
    {", ".join(f"cast(cells.{name} as varchar) as {name}" for name in COMPARED)},
    links.customer_id as person_id
from identity.int_identity_cells as cells
inner join intermediate.int_run as runs on true
inner join intermediate.int_person_links as links
    on cells.customer_id = links.source_customer_id and runs.as_of_date = links.as_of_date
inner join intermediate.int_source_customer_dates as records
    on cells.customer_id = records.source_customer_id and runs.as_of_date = records.as_of_date
where cells.is_latest and records.deleted_at is null
order by 1
"""
_VERDICTS = """
select verdicts.customer_id, verdicts.other_customer_id
from identity.int_identity_verdicts as verdicts
inner join intermediate.int_run as runs using (as_of_date)
where verdicts.verdict in ('same', 'different')
"""


@dataclass(frozen=True)
class Proposals:
    """What was found.

    Attributes:
        record_count: records that were compared.
        pairs: probable pairs that are not yet one person, nor judged.
        known_count: probable pairs that are one person already, or were judged.
    """

    record_count: int
    pairs: tuple[Pair, ...]
    known_count: int


def propose(settings: Settings, threshold: float = THRESHOLD) -> Proposals:
    """Find the pairs of a built warehouse that somebody should look at.

    Args:
        settings: where the warehouse is.
        threshold: least probability of a pair, above 0 and below 1.

    Raises:
        CannotRun: the warehouse is not built, or there is too little to compare.
    """
    if not 0 < threshold < 1:
        raise CannotRun(f"the threshold is {threshold}: it is a probability, above 0 and below 1")
    records, judged = _read(settings.warehouse_path)
    people = dict(zip(records[KEY], records["person_id"], strict=True))
    pairs = find_pairs(records.drop(columns="person_id"), threshold)
    new = tuple(
        pair
        for pair in pairs
        if people[pair.customer_id] != people[pair.other_customer_id]
        and (pair.customer_id, pair.other_customer_id) not in judged
    )
    return Proposals(len(records), new, len(pairs) - len(new))


def write_proposals(proposals: Proposals, path: Path) -> None:
    """Write the pairs as CSV or Parquet, by the suffix; no cell of a person is in it.

    Raises:
        CannotRun: the suffix is another one.
    """
    if path.suffix not in SUFFIXES:
        raise CannotRun(f"{path}: write to a file that ends in {' or '.join(SUFFIXES)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "customer_id": pair.customer_id,
            "other_customer_id": pair.other_customer_id,
            "verdict": "",
            "decided_at": "",
            "probability": f"{pair.probability:.6f}",
            "evidence": pair.evidence,
        }
        for pair in proposals.pairs
    ]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return
    from pandas import DataFrame

    frame = DataFrame(rows, columns=list(COLUMNS), dtype="str")
    import duckdb

    with duckdb.connect() as connection:
        connection.register("proposals", frame)
        connection.execute(f"copy proposals to {literal(path)} (format parquet)")


def _read(path: Path) -> tuple[DataFrame, set[tuple[str, str]]]:
    import duckdb

    if not path.is_file():
        raise CannotRun(f"there is no warehouse at {path}: start with `scoring run`")
    try:
        with connect(path, read_only=True) as connection:
            records = connection.execute(_RECORDS).df()
            judged = {(str(a), str(b)) for a, b in connection.execute(_VERDICTS).fetchall()}
    except duckdb.CatalogException as error:
        raise CannotRun(
            f"the warehouse {path} lacks what records are compared by: build it with `scoring run`"
        ) from error
    except duckdb.IOException as error:
        raise CannotRun(f"the warehouse {path} cannot be read: {error}") from error
    return records, judged
