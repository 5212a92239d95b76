"""Rows to learn from: features as of past dates, beside what happened after them.

    targets = ["lapse_risk", "campaign_response"]
    data = build_dataset(targets, dates, settings=settings, workspace=folder)
    data.frame                   # one row per customer_id, as_of_date, pair_id
    data.frame["outcome__lapse_risk"]

The same models that score make the features, in a warehouse of its own, so that training and
scoring cannot drift apart. A target may be any row of the seed `score_targets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.training.dates import campaign_dates
from scoring.training.targets import find_targets
from scoring.training.warehouse import training_warehouse
from scoring.warehouse import connect, literal, quoted, scalar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import duckdb
    import pandas as pd

    from scoring.progress import Steps
    from scoring.settings import Settings
    from scoring.training.targets import Target

MAX_ROWS = 200_000
OUTCOME = "outcome__"
KEYS = ("customer_id", "as_of_date", "pair_id", "person")
NUMBER = "number"
CATEGORY = "category"
_TEXT = ("VARCHAR",)
_NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
_MODELS = (
    "+feat_customers",
    "+feat_campaigns",
    "+int_person_attributes",
    "+target_outcomes",
    "+int_feature_availability",
)


@dataclass(frozen=True)
class Dataset:
    """Rows to learn from.

    Attributes:
        frame: one row per `customer_id`, `as_of_date` and `pair_id`, in that order. `pair_id` is
            the campaign for a target that is asked of a touch, else empty; `as_of_date` is a
            datetime64. `person` is who the
            customer is once all merges are followed: split by it. Features are columns of raw
            values: doubles with NaN, or text with None. `outcome__<target>` is NaN where the
            target was not asked, its horizon is not over, or the person is not in its population.
        kinds: features with their kind, `number` or `category`, in the order of their names.
        of_campaigns: features of a person and a campaign, which a card of people cannot use.
        absent: features whose columns were never delivered; the warehouse gives them bin -1.
        targets: what was asked, by name.
        reference: features of everybody as of `as_of_date`, the population that points are
            centred on; drawn like the rows. It has none of a campaign.
        groups: age band and sex per `customer_id` as known now, to compare groups by; never
            features.
        as_of_date: date of the data: a horizon is over when it ends on it or before.
        share: share of the people that the rows were drawn from, by a hash of the person.
    """

    frame: pd.DataFrame
    kinds: Mapping[str, str]
    of_campaigns: frozenset[str]
    absent: frozenset[str]
    reference: pd.DataFrame
    groups: pd.DataFrame
    targets: Mapping[str, Target]
    as_of_date: date
    share: float

    def rows_of(self, target_name: str) -> pd.DataFrame:
        """Rows that have an answer to a target."""
        return self.frame[self.frame[OUTCOME + target_name].notna()]

    def reference_of(self, feature: str) -> pd.Series:
        """A feature as usual: of everybody, or of all pairs, since nobody has it by himself."""
        if feature in self.reference:
            return self.reference[feature]
        return self.frame.loc[self.frame["pair_id"] != "", feature]


def build_dataset(
    target_names: Sequence[str],
    dates: Sequence[date],
    *,
    settings: Settings,
    workspace: Path,
    max_rows: int = MAX_ROWS,
    steps: Steps | None = None,
) -> Dataset:
    """Build features and outcomes at past dates.

    A target that is asked of a touch gets its rows at the first day of every campaign that starts
    between the first and the last of `dates`; the other targets at `dates` themselves.

    Args:
        target_names: rows of the seed `score_targets`.
        dates: as-of dates; at least one.
        settings: where the project and the raw data are.
        workspace: folder of the training warehouse; what lies there is built on.
        max_rows: above this number people are drawn by a hash, with all of their rows.
        steps: told of every step.

    Raises:
        CannotRun: a target is unknown, or features could not be built.
    """
    targets = find_targets(settings, target_names)
    if not dates:
        raise CannotRun("no date to learn from: give at least one as-of date")
    pair_dates: tuple[date, ...] = ()
    with training_warehouse(settings, workspace, steps) as warehouse:
        if any(target.is_pair for target in targets):
            warehouse.build("land campaigns", ("+stg_marketing__campaigns",))
            pair_dates = campaign_dates(warehouse.path, min(dates), max(dates))
        own_dates = () if all(target.is_pair for target in targets) else dates
        warehouse.build("features and outcomes", _MODELS, sorted({*own_dates, *pair_dates}))
        return _read(warehouse.path, targets, dates, pair_dates, max_rows)


def _read(
    warehouse: Path,
    targets: tuple[Target, ...],
    dates: Sequence[date],
    pair_dates: Sequence[date],
    max_rows: int,
) -> Dataset:
    with connect(warehouse, read_only=True) as connection:
        as_of_date = connection.execute("select as_of_date from intermediate.int_run").fetchall()
        connection.execute(_asked_rows(targets, dates, pair_dates))
        found = int(str(scalar(connection, "select count(*) from asked")))
        share = min(1.0, max_rows / found) if found else 1.0
        connection.execute(f"delete from asked where draw >= {share!r}")
        columns, kinds = _features(connection)
        of_campaigns = frozenset(
            column.rpartition(" as ")[2] for column in columns if column.startswith("campaigns.")
        )
        joined = connection.execute(_ROWS.format(columns=",\n".join(columns))).df()
        frame, kinds = _with_attributes(connection, joined, kinds)
        absent = connection.execute(
            "select feature from intermediate.int_feature_availability where not is_available"
        ).fetchall()
        reference = connection.execute(_reference(columns, share)).df()
        reference, _ = _with_attributes(connection, reference, {})
        groups = connection.execute(_GROUPS).df().set_index("customer_id")
    outcomes = [OUTCOME + target.name for target in targets]
    features = sorted(kinds)
    return Dataset(
        frame=frame[[*KEYS, *features, *outcomes]],
        kinds={name: kinds[name] for name in features},
        of_campaigns=of_campaigns,
        absent=frozenset(row[0] for row in absent),
        reference=reference,
        groups=groups,
        targets={target.name: target for target in targets},
        as_of_date=as_of_date[0][0],
        share=share,
    )


# A number from 0 to 1 that a person always has.
_DRAW = "('0x' || substr(md5({person}), 1, 12))::bigint / 281474976710656.0"


def _asked_rows(
    targets: tuple[Target, ...], dates: Sequence[date], pair_dates: Sequence[date]
) -> str:
    """A table of the rows that were asked, one column per target, with the draw of the person."""
    outcomes = ",\n".join(
        f"max(outcome) filter (target_name = {literal(target.name)})::double"
        f" as {quoted(OUTCOME + target.name)}"
        for target in targets
    )

    def of_dates(days: Sequence[date], *, pairs: bool) -> str:
        names = ", ".join(literal(t.name) for t in targets if t.is_pair == pairs) or "''"
        listed = ", ".join(f"date {literal(day)}" for day in days) or "null"
        return f"(target_name in ({names}) and as_of_date in ({listed}))"

    person = "any_value(coalesce(persons.person, outcomes.customer_id))"
    return f"""
        create temp table asked as
        with persons as (
            select source_customer_id, customer_id as person
            from intermediate.int_person_links
            where as_of_date = (select as_of_date from intermediate.int_run)
        )
        select
            outcomes.customer_id,
            outcomes.as_of_date,
            outcomes.campaign_id as pair_id,
            {person} as person,
            {_DRAW.format(person=person)} as draw,
            {outcomes}
        from targets.target_outcomes as outcomes
        left join persons on outcomes.customer_id = persons.source_customer_id
        where
            outcome is not null
            and ({of_dates(dates, pairs=False)} or {of_dates(pair_dates, pairs=True)})
        group by all
    """


_ROWS = """
    select
        asked.* exclude (draw),
        {columns}
    from asked
    inner join features.feat_customers as persons using (customer_id, as_of_date)
    left join features.feat_campaigns as campaigns
        on asked.customer_id = campaigns.customer_id
        and asked.as_of_date = campaigns.as_of_date
        and asked.pair_id = campaigns.campaign_id
    order by asked.as_of_date, asked.customer_id, asked.pair_id
"""


_GROUPS = """
    select profiles.customer_id, profiles.age_band, profiles.sex
    from features.feat_customers as profiles
    inner join intermediate.int_run as runs using (as_of_date)
    order by profiles.customer_id
"""


def _reference(columns: Sequence[str], share: float) -> str:
    """Everybody's features as of the date of the data, those of a campaign left out."""
    listed = ", ".join(column for column in columns if column.startswith("persons."))
    return f"""
        select persons.customer_id, persons.as_of_date, {listed}
        from features.feat_customers as persons
        inner join intermediate.int_run as runs using (as_of_date)
        where {_DRAW.format(person="persons.customer_id")} < {share!r}
        order by persons.customer_id
    """


def _features(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], dict[str, str]]:
    """Features of a person and of a campaign, as expressions, and their kinds."""
    expressions, kinds = [], {}
    for alias, table in (("persons", "feat_customers"), ("campaigns", "feat_campaigns")):
        for name, column_type, *_ in connection.execute(f"describe features.{table}").fetchall():
            if name in {"customer_id", "as_of_date", "campaign_id"}:
                continue
            is_text = column_type in _TEXT
            expressions.append(f"{alias}.{quoted(name)}{'' if is_text else '::double'} as {name}")
            kinds[name] = CATEGORY if is_text else NUMBER
    return expressions, kinds


def _with_attributes(
    connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, kinds: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Add the customers' own attributes; one is a number where each of its values is."""
    connection.register("keys", frame[["customer_id", "as_of_date"]])
    long = connection.execute(
        """
        select attributes.* from intermediate.int_person_attributes as attributes
        semi join keys using (customer_id, as_of_date)
        """
    ).df()
    connection.unregister("keys")
    if long.empty:
        return frame, kinds
    keys = ["customer_id", "as_of_date"]
    found = {}
    for feature, rows in long.groupby("feature", sort=True):
        values = rows[rows["text_value"].notna()]
        is_number = bool(values["number_value"].notna().all())
        column = "number_value" if is_number else "text_value"
        found[str(feature)] = rows.set_index(keys)[column].astype(
            "float64" if is_number else "object"
        )
        kinds[str(feature)] = NUMBER if is_number else CATEGORY
    import pandas as pd

    wide = pd.DataFrame(found)
    return frame.join(wide, on=keys), kinds
