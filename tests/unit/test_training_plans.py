"""What a card may use and climb from, by the seeds; words for the company's own fields."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from scoring.errors import CannotRun
from scoring.settings import Settings, read_settings
from scoring.training.cards import Card, read_card
from scoring.training.outputs import check_words, write_own_words
from scoring.training.plans import Options, habits_of, make_plan, versions_of
from scoring.training.seeds import cards_dir, read_rows, sector_dir

if TYPE_CHECKING:
    from pathlib import Path

OF_CAMPAIGNS = frozenset({"campaign_product_amount_56d", "same_type_response_rate_364d"})
CANDIDATES = (*sorted(OF_CAMPAIGNS), "attribute_hobby", "coupon_amount_91d", "unheard_of")


@pytest.fixture
def settings(project_dir: Path, tmp_path: Path) -> Settings:
    shutil.copytree(project_dir / "seeds", tmp_path / "seeds")
    return read_settings({"SCORING_PROJECT": str(tmp_path)})


@pytest.mark.parametrize(
    ("target", "candidates"),
    [
        ("campaign_response", ("attribute_hobby", "coupon_amount_91d")),
        ("campaign_answer", (*sorted(OF_CAMPAIGNS), "coupon_amount_91d")),
    ],
)
def test_features_of_a_campaign_are_for_cards_of_campaigns(
    settings: Settings, target: str, candidates: tuple[str, ...]
) -> None:
    plan = make_plan(settings, target, CANDIDATES, Options(), OF_CAMPAIGNS)

    assert plan.candidates == tuple(sorted(candidates))


def test_a_card_climbs_from_the_one_that_is_named_and_is_tested_against_the_live_one(
    settings: Settings,
) -> None:
    plan = make_plan(settings, "lapse_risk", (), Options(by_hand=versions_of(["lapse_risk=11"])))

    assert plan.expert == read_card(settings, "lapse_risk", 11)
    (live,) = (
        row
        for row in read_rows(sector_dir(settings) / "score_catalogue.csv")
        if row["score_name"] == "lapse_risk"
    )
    assert plan.before == read_card(settings, "lapse_risk", int(live["score_version"]))


def test_what_is_made_from_events_is_a_habit_and_what_is_told_of_a_person_is_none(
    settings: Settings,
) -> None:
    habits = habits_of(settings)
    assert {"order_amount_364d", "answered_campaign_count_364d"} <= habits
    assert not {"region", "age_years", "household_size", "attribute_shoe_size"} & habits
    assert make_plan(settings, "lapse_risk", ["region"], Options()).habits == habits


@pytest.mark.parametrize("text", ["lapse_risk", "lapse_risk=eleven", "=11"])
def test_a_version_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(CannotRun, match="lapse_risk=11"):
        versions_of([text])


def test_own_fields_get_words_and_other_features_are_asked_for(settings: Settings) -> None:
    card = Card(0.0, {("made_1", "attribute_shoe_size"): {0: 0.0}}, {})
    check_words(settings, card)

    write_own_words(settings, [card, card])

    rows = [
        row
        for row in read_rows(cards_dir(settings) / "reason_texts.csv")
        if row["feature"] == "attribute_shoe_size"
    ]
    assert [tuple(row.values())[1:] for row in rows] == [
        ("own field shoe size: {label}", "champ propre shoe size : {label}")
    ]
    with pytest.raises(CannotRun, match="no words for shoe_size"):
        check_words(settings, Card(0.0, {("made_1", "shoe_size"): {0: 0.0}}, {}))
