"""What the quality of the inputs is judged by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.quality.findings import ADVICE, ERROR, WARNING, Measures, judge
from scoring.quality.report import Quality, as_json, as_markdown

_GOOD = Measures(
    accounting=(
        {
            "source_name": "sales",
            "table_name": "orders",
            "is_delivered": True,
            "landed_row_count": 1000,
            "anonymous_row_count": 10,
            "rejected_row_count": 0,
            "latest_event_date": "2025-06-29",
        },
    ),
    profile=tuple(
        {
            "column_name": name,
            "is_delivered": True,
            "record_count": 100,
            "filled_count": 90,
            "judged_count": 90 if name == "email" else None,
            "valid_count": 90 if name == "email" else None,
        }
        for name in ("email", "consent_email")
    ),
    contactability=(
        {
            "channel": "email",
            "person_count": 100,
            "address_count": 90,
            "consent_count": 50,
            "refusal_count": 20,
            "contactable_count": 48,
        },
    ),
    duplicates=(),
    freshness=({"sign": "own event", "age": "1: up to 28 days", "person_count": 100},),
    scores=(
        {
            "score_name": "customer_value",
            "is_on": True,
            "is_supported": True,
            "feature_count": 5,
            "missing_features": 0,
            "missing_required": None,
            "missing_columns": None,
            "scored_count": 100,
            "person_count": 100,
        },
    ),
)


def _changed(part: str, **cells: object) -> Measures:
    """The good inputs with other cells in the first row of one part."""
    first, *rest = getattr(_GOOD, part)
    return replace(_GOOD, **{part: ({**first, **cells}, *rest)})


def test_good_inputs_give_no_finding() -> None:
    assert judge(_GOOD) == []


@pytest.mark.parametrize(
    ("measures", "level", "subject"),
    [
        (_changed("accounting", rejected_row_count=30), WARNING, "sales.orders"),
        (_changed("accounting", rejected_row_count=60), ERROR, "sales.orders"),
        (_changed("accounting", rejected_row_count=300), ERROR, "sales.orders"),
        (
            _changed("accounting", landed_row_count=10, rejected_row_count=3),
            WARNING,
            "sales.orders",
        ),
        (_changed("accounting", landed_row_count=0), WARNING, "sales.orders"),
        (_changed("accounting", anonymous_row_count=600), WARNING, "sales.orders"),
        (_changed("profile", filled_count=40, judged_count=40), ADVICE, "crm.customers.email"),
        (_changed("profile", valid_count=80), WARNING, "crm.customers.email"),
        (_changed("profile", valid_count=20), ERROR, "crm.customers.email"),
        (_changed("contactability", contactable_count=0), WARNING, "channel email"),
        (
            replace(_GOOD, profile=_GOOD.profile[:1]),
            WARNING,
            "crm.customers.consent_email",
        ),
        (
            replace(
                _GOOD,
                duplicates=(
                    {
                        "rule_name": "email",
                        "outcome": "birth dates differ",
                        "key_count": 2,
                        "record_count": 4,
                    },
                ),
            ),
            WARNING,
            "duplicates by email",
        ),
        (_changed("freshness", age="4: longer ago"), ADVICE, "freshness by own event"),
        (
            _changed("scores", missing_features=2, missing_columns="a.b.c"),
            ADVICE,
            "score customer_value",
        ),
        (
            _changed("scores", is_supported=False, missing_required="x", missing_columns="a.b.c"),
            ERROR,
            "all scores",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_weight(
    measures: Measures, level: str, subject: str
) -> None:
    found = judge(measures)
    assert (found[0].level, found[0].subject) == (level, subject)
    assert found[0].remedy


def test_the_same_is_told_to_a_person_and_to_a_program() -> None:
    measures = _changed("accounting", rejected_row_count=300)
    quality = Quality(measures, tuple(judge(measures)))
    assert not quality.is_usable
    assert "should not be trusted yet: 1 error" in as_markdown(quality)
    assert '"level": "error"' in as_json(quality)
