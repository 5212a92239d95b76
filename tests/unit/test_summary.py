from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from scoring.publish import publish
from scoring.summary import histogram_text, print_summary, score_names

if TYPE_CHECKING:
    from tests.conftest import SmallProject


@pytest.fixture
def text(small_project: SmallProject) -> str:
    settings = small_project.build("run-1")
    publication = publish(settings, frozenset(), small_project.record("run-1"))
    output = io.StringIO()
    print_summary(publication.folder, Console(file=output, width=110))
    return output.getvalue()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0), "  "),
        ((1, 8), "▁█"),
        ((0, 4, 8), " ▄█"),
        ((1, 1000), "▁█"),
        ((5, 5), "██"),
    ],
)
def test_histogram_shows_every_bar_that_is_not_empty(
    counts: tuple[int, ...], expected: str
) -> None:
    assert histogram_text(counts) == expected


def test_scores_are_the_columns_with_a_reason_for_null() -> None:
    columns = ("customer_id", "lapse_risk", "lapse_risk_reason_missing", "overall", "x_missing")
    assert score_names(columns) == ("lapse_risk",)


def test_people_and_date_come_first(text: str) -> None:
    assert text.lstrip().startswith("18 of 20 people scored as of 2025-06-30")


def test_each_score_is_a_line_with_its_reasons_for_null(text: str) -> None:
    (line,) = (line for line in text.splitlines() if line.startswith(" purchase_propensity"))
    assert line.split()[1] == "18"
    assert "  no purchase_propensity: 2 objects to profiling\n" in text
    assert "  no credit_risk: 20 not in sector\n" in text


def test_the_best_come_in_the_order_of_their_rank_with_reasons_as_written(text: str) -> None:
    ranks = [line.split()[1] for line in text.splitlines() if line.startswith("  1. ")]
    assert ranks == ["c9"]
    assert "ordered 9 days ago" in text
    assert "often uses [coupons]" in text


def test_segments_and_rejected_rows_are_listed(text: str) -> None:
    assert "newcomers      10    50%" in text
    (line,) = (line for line in text.splitlines() if "sales.orders" in line)
    assert line.split()[-1] == "3"


def test_the_reader_is_told_where_the_copy_lies_and_what_to_do(
    text: str, small_project: SmallProject
) -> None:
    served = small_project.settings.published_dir / "current" / "scoring.duckdb"
    assert str(served) in text
    assert "SCORING_RAW=" in text


def test_nothing_rejected_is_said(small_project: SmallProject) -> None:
    settings = small_project.build("run-1")
    small_project.execute("delete from marts.rejected_rows")
    publication = publish(settings, frozenset(), small_project.record("run-1"))
    output = io.StringIO()
    print_summary(publication.folder, Console(file=output, width=110))
    assert "Rejected rows\n  none" in output.getvalue()
