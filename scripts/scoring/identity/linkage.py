"""Pairs of records that are probably one person, by the model of Fellegi and Sunter (splink)."""

from __future__ import annotations

import contextlib
import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pandas import DataFrame

KEY = "customer_id"
# What is compared, in the order in which it is told.
COMPARED = (
    *("first_name", "last_name", "birth_date", "email", "phone"),
    *("address", "postal_code", "city"),
)
THRESHOLD = 0.9
_SEED = 1
_RANDOM_PAIRS = 2_000_000
# Share of true pairs that the rules of `_CERTAIN` find: it only sets where training begins.
_RECALL_OF_CERTAIN = 0.6
# Pairs are looked for among records that agree in one of these, never among all.
_BLOCKS = (
    ("email",),
    ("phone",),
    ("first_name", "last_name"),
    ("last_name", "postal_code"),
    ("first_name", "postal_code"),
    ("address", "postal_code"),
    ("address", "first_name"),
    ("birth_date", "substr(first_name, 1, 2)"),
    ("birth_date", "substr(last_name, 1, 2)"),
    ("birth_date", "postal_code"),
)
_CERTAIN = (
    ("email",),
    ("first_name", "last_name", "birth_date"),
    ("first_name", "last_name", "address"),
    ("last_name", "birth_date", "postal_code"),
)
_TRAINING = (("birth_date",), ("first_name", "last_name"), ("address",), ("postal_code",))
# Fewer records of a column than this teach nothing about it.
_LEAST_FILLED = 20
# With fewer sure pairs the model takes neighbours for duplicates: it learns without being told.
_LEAST_CERTAIN = 20


@dataclass(frozen=True)
class Pair:
    """Two records that are probably one person.

    Attributes:
        customer_id: the lesser of the two keys.
        other_customer_id: the greater one.
        probability: that they are one person, 0 to 1.
        evidence: weight of each compared column, how often its agreement or difference doubles the
            odds; they add up, and say nothing of the cells themselves.
    """

    customer_id: str
    other_customer_id: str
    probability: float
    evidence: str


def find_pairs(records: DataFrame, threshold: float = THRESHOLD) -> list[Pair]:
    """Find the pairs of records that are probably one person.

    Args:
        records: one row per record with text columns: the key and any of `COMPARED`, written the
            same way throughout; empty cells are null.
        threshold: least probability of a pair.

    Returns:
        Pairs, the most probable first, ties by key; the same for the same records.

    Raises:
        CannotRun: there is too little to compare, or to learn from.
    """
    columns = [
        name
        for name in COMPARED
        if name in records.columns and records[name].notna().sum() >= _LEAST_FILLED
    ]
    if not {"last_name", "email", "phone"} & set(columns) or len(columns) < 3:  # noqa: PLR2004
        raise CannotRun(
            "too little to compare records by: at least three of"
            f" {', '.join(COMPARED)} must be filled for {_LEAST_FILLED} records or more, a last"
            f" name, an e-mail or a telephone number among them; filled are: {columns or 'none'}"
        )
    certain = _count_certain(records, columns)
    if certain < _LEAST_CERTAIN:
        raise CannotRun(
            f"only {certain} pairs of records agree in an e-mail, or in name and birth date or"
            f" address: {_LEAST_CERTAIN} are needed to learn how duplicates differ. The base seems"
            " to have few; shared keys (the seed identity_rules) still join those that agree."
        )
    ordered = records[[KEY, *columns]].sort_values(KEY, ignore_index=True)
    with _quiet():
        found = _predict(ordered, columns, threshold)
    pairs = [_pair(row, columns) for row in found.to_dict("records")]
    return sorted(pairs, key=lambda p: (-p.probability, p.customer_id, p.other_customer_id))


def _predict(records: DataFrame, columns: list[str], threshold: float) -> DataFrame:
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.internals.exceptions import SplinkException

    def rules(groups: tuple[tuple[str, ...], ...]) -> list[Any]:
        usable = [group for group in groups if all(_column(part) in columns for part in group)]
        return [block_on(*group) for group in usable]

    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=KEY,
        comparisons=[_comparison(name) for name in columns],
        blocking_rules_to_generate_predictions=rules(_BLOCKS),
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )
    try:
        database = DuckDBAPI()
        linker = Linker(database.register(records), settings, log_level=logging.ERROR)
        training = linker.training
        training.estimate_probability_two_random_records_match(
            rules(_CERTAIN), recall=_RECALL_OF_CERTAIN
        )
        training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
        for rule in rules(_TRAINING):
            # Where records that agree in this are never one person, it teaches nothing: the other
            # rules do, or the library's own weights stand.
            with contextlib.suppress(SplinkException, ValueError):
                training.estimate_parameters_using_expectation_maximisation(
                    rule, record_sample_proportion=1.0
                )
        predicted = linker.inference.predict(threshold_match_probability=threshold)
        frame: DataFrame = predicted.as_pandas_dataframe()  # type: ignore[no-untyped-call]
    except (SplinkException, ValueError) as error:
        raise CannotRun(
            f"the records do not teach how duplicates differ: {str(error).splitlines()[0]}."
            " Shared keys alone (seeds/reference/identity_rules.csv) still join records."
        ) from error
    return frame


def _count_certain(records: DataFrame, columns: list[str]) -> int:
    """Pairs that agree in the rule of `_CERTAIN` that has the most."""
    counts = [0]
    for group in _CERTAIN:
        if set(group) <= set(columns):
            sizes = records.dropna(subset=list(group)).groupby(list(group)).size()
            counts.append(int((sizes * (sizes - 1) // 2).sum()))
    return max(counts)


def _column(part: str) -> str:
    """The column that a part of a blocking rule reads."""
    return part.removeprefix("substr(").partition(",")[0]


def _comparison(name: str) -> Any:  # noqa: ANN401 - splink's comparisons have no common public type
    import splink.comparison_library as compare

    match name:
        case "first_name" | "last_name":
            return compare.JaroWinklerAtThresholds(name, [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            )
        case "birth_date" | "postal_code":
            return compare.DamerauLevenshteinAtThresholds(name, [1, 2])
        case "email":
            return compare.JaroWinklerAtThresholds(name, [0.94])
        case "phone":
            return compare.DamerauLevenshteinAtThresholds(name, [1])
        case _:
            return compare.JaroWinklerAtThresholds(name, [0.92, 0.8])


def _pair(row: dict[str, Any], columns: list[str]) -> Pair:
    first, second = sorted((str(row[f"{KEY}_l"]), str(row[f"{KEY}_r"])))
    weights = {
        name: float(row.get(f"mw_{name}", 0.0)) + float(row.get(f"mw_tf_adj_{name}", 0.0))
        for name in columns
    }
    told = ", ".join(f"{name} {weight:+.1f}" for name, weight in weights.items() if weight)
    return Pair(first, second, float(row["match_probability"]), told)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What splink says about its own progress is of no use to the person who asks."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
