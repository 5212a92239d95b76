"""Records that are probably one person are found, and proposed to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from scoring.errors import CannotRun
from scoring.identity.linkage import Pair, find_pairs
from scoring.identity.proposals import Proposals, propose, write_proposals
from scoring.settings import read_settings
from tests.support.febrl import febrl, ordered, precision_and_recall

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("number", [1, 3])
def test_duplicates_of_a_known_set_are_found(number: int) -> None:
    """The smallest and the hardest of three; docs/benchmarks has the figures of all."""
    records, true = febrl(number)
    found = ordered((pair.customer_id, pair.other_customer_id) for pair in find_pairs(records))
    precision, _, f1 = precision_and_recall(found, true)
    assert f1 >= 0.95
    assert precision >= 0.99


def test_too_little_to_compare_is_said(tmp_path: Path) -> None:
    records, _ = febrl(1)
    with pytest.raises(CannotRun, match="too little to compare records by"):
        find_pairs(records[["customer_id", "birth_date", "city"]])
    originals = records[records["customer_id"].str.endswith("-org")]
    with pytest.raises(CannotRun, match="needed to learn how duplicates differ"):
        find_pairs(originals)
    settings = read_settings({"SCORING_WAREHOUSE": str(tmp_path / "none.duckdb")})
    with pytest.raises(CannotRun, match="start with `scoring run`"):
        propose(settings)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_proposals_are_open_verdicts_without_a_cell_of_a_person(
    suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"proposals{suffix}"
    write_proposals(Proposals(9, (Pair("A", "B", 0.987654321, "last_name +8.1"),), 0), path)
    assert duckdb.connect().execute(f"select * from '{path}'").fetchall()[0][:2] == ("A", "B")
    columns = [row[0] for row in duckdb.connect().execute(f"describe from '{path}'").fetchall()]
    assert columns[:4] == ["customer_id", "other_customer_id", "verdict", "decided_at"]
    assert columns[4:] == ["probability", "evidence"]
