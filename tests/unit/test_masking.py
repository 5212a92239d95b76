"""Direct identifiers are masked before anything else sees them."""

from __future__ import annotations

import datetime
import hashlib

import pandas as pd

from scoring.checks.masking import mask, mask_value

EMAIL = "zoé.müller@example.org"


def test_a_mask_is_eight_digits_of_the_sha256() -> None:
    digest = hashlib.sha256(EMAIL.encode("utf-8")).hexdigest()
    assert mask_value(EMAIL) == f"masked:{digest[:8]}"


def test_only_the_named_columns_are_masked() -> None:
    frame = pd.DataFrame({"customer_id": ["C1"], "email": [EMAIL], "city": ["Lyon"]})
    masked = mask(frame, {"email", "phone"})
    assert masked.to_dict("records") == [
        {"customer_id": "C1", "email": mask_value(EMAIL), "city": "Lyon"}
    ]


def test_null_stays_null_and_equal_values_have_equal_masks() -> None:
    frame = pd.DataFrame({"email": ["a@x", None, "a@x", "b@x", float("nan"), pd.NA]}, dtype=object)
    masked = mask(frame, {"email"})["email"]
    assert masked.isna().tolist() == [False, True, False, False, True, True]
    assert masked[0] == masked[2] != masked[3]


def test_a_column_without_any_value_stays_null() -> None:
    assert mask(pd.DataFrame({"email": [None, None]}), {"email"})["email"].isna().all()


def test_dates_and_numbers_are_masked_too() -> None:
    frame = pd.DataFrame(
        {"birth_date": pd.to_datetime([datetime.date(1980, 5, 17), None]), "phone": [33123, 44]}
    )
    text = mask(frame, {"birth_date", "phone"}).to_string()
    assert "1980" not in text
    assert "33123" not in text
    assert text.count("masked:") == 3


def test_the_name_of_a_column_is_matched_in_any_case() -> None:
    assert mask(pd.DataFrame({"EMail": [EMAIL]}), {"email"})["EMail"][0] == mask_value(EMAIL)


def test_the_frame_that_was_given_is_left_as_it_is() -> None:
    frame = pd.DataFrame({"email": [EMAIL]})
    mask(frame, {"email"})
    assert frame["email"][0] == EMAIL
