"""What the sample is meant to hold: expected counts per table and named people."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class TablePlan:
    """Expected accounting of one raw table.

    Attributes:
        row_count: Data rows in the files of the table.
        accepted: Rows that become a record of a person or of a thing.
        anonymous: Rows kept without a person.
        rejected: Rows refused, by reason.
        exact_duplicate: Rows equal to the one kept for their key.
        superseded: Rows replaced by a later delivery of their key.
    """

    row_count: int
    accepted: int
    anonymous: int
    rejected: Mapping[str, int]
    exact_duplicate: int
    superseded: int


@dataclass(frozen=True)
class SamplePlan:
    """Everything that was planted.

    Attributes:
        seed: Seed of the generator.
        people: Distinct people with an accepted row in `crm.customers`.
        first_event_date: Day of the first event, ISO 8601.
        as_of_date: Day after the latest event that counts, ISO 8601.
        tables: Expected accounting by `source.table`.
        groups: Ids of people and orders by what was planted on them, in a fixed order.
        merged_into: The key a merged person points to, by the merged person's own key.
        absent_columns: Optional contract columns left out, by `source.table`.
    """

    seed: int
    people: int
    first_event_date: str
    as_of_date: str
    tables: Mapping[str, TablePlan]
    groups: Mapping[str, tuple[str, ...]]
    merged_into: Mapping[str, str]
    absent_columns: Mapping[str, tuple[str, ...]]

    def to_json(self) -> str:
        """The plan as readable JSON with a final line feed."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"
