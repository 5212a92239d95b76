"""Points and places that are packed into one number come out of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.dbt import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt

# As many features as the number given, each a thousandth below zero, of the first place that there
# is: what their places add up to is the most that it can be.
SUMMED = """
    {% set strengths = [] %}
    {% for feature in range(FEATURES) %}
        {% do strengths.append({"strength": strength_of("cast(-1 as bigint)", 1)}) %}
    {% endfor %}
    select {{ raw_thousandths({"base": 3, "features": strengths}) if execute else 0 }} as raw
"""

# Strengths of a score each way, and which places of the card come out of them.
PLACES = """
    {% set bins = [
        {"thousandths": 50, "place": 9001}, {"thousandths": 49, "place": 1001},
        {"thousandths": 7000, "place": 3002}, {"thousandths": 7000, "place": 2002},
        {"thousandths": -50, "place": 1048574}, {"thousandths": -49, "place": 4001},
        {"thousandths": -50, "place": 1048573}
    ] %}
    with sides as (
        select
            {% for side, sign in [("up", 1), ("down", -1)] %}
            {% for bin in bins %}
            {{ strength_of("cast(" ~ bin.thousandths ~ " as bigint)", bin.place) }}
                as {{ side }}__{{ loop.index }},
            {% endfor %}
            {% endfor %}
            1 as one
    ),
    {% for place in [1, 2, 3] %}
    places_{{ place }} as (
        select
            {% for side, sign in [("up", 1), ("down", -1)] %}
            {% set strengths = {"name": side, "sign": sign, "families": bins} %}
            {% do strengths.update({"none": no_reason(sign)}) %}
            {{ strongest_behind(strengths, place) }} as {{ side }}__place_{{ place }},
            {% endfor %}
            *
        from {{ "places_" ~ (place - 1) if place > 1 else "sides" }}
    ),
    {% endfor %}
    packed as (
        select
            {{ packed_places("up") }} as up__score,
            {{ packed_places("down") }} as down__score
        from places_3
    )
    {% for side in ["up", "down"] %}
    select
        '{{ side }}' as side,
        {{ packed_place(side, "score", 1) }} as first,
        {{ packed_place(side, "score", 2) }} as second,
        {{ packed_place(side, "score", 3) }} as third
    from packed
    {{ "union all" if not loop.last }}
    {% endfor %}
"""


def test_strengths_add_up_to_points(sample_copy: Path, dbt: Dbt) -> None:
    summed = dbt.show(SUMMED.replace("FEATURES", "256"), sample_copy)
    assert [int(row["raw"]) for row in summed] == [5003 - 256]


def test_a_card_of_more_features_than_add_up_is_refused(sample_copy: Path, dbt: Dbt) -> None:
    with pytest.raises(BuildError, match=r"257 features, 256 can be added up: .*score_points\.csv"):
        dbt.show(SUMMED.replace("FEATURES", "257"), sample_copy)


def test_the_strongest_come_first_by_name_among_equals(sample_copy: Path, dbt: Dbt) -> None:
    found = {
        row["side"]: [row["first"], row["second"], row["third"]]
        for row in dbt.show(PLACES, sample_copy)
    }
    assert found == {"up": [2002, 3002, 9001], "down": [1048573, 1048574, None]}
