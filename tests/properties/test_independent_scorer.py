"""An independent scorer agrees with the SQL on every score, ledger and reason of everyone."""

from __future__ import annotations

import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from scoring.warehouse import connect
from tests.support.dbt import SCORED, WAREHOUSE_NAME
from tests.support.independent_scorer import Scorer
from tests.support.once import SAMPLE_AS_OF_DATE
from tests.support.raw import raw_files
from tests.support.seed_cards import LIMIT, Entry, Scored, available_features, read_rows
from tests.support.tables import fetch_dicts, opened

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    import duckdb

    from scoring.contract import Contract
    from tests.support.dbt import Dbt

SECTOR = "commerce"
PLACES = (1, 2, 3)
OFFER_PLACES = ("up_1", "up_2", "down_1")
# Every pair of the sample, and those of one in so many households of the panel.
PAIR_PARTS = 20
# Cards on attributes of the sample's own CRM, one of each kind.
ATTRIBUTE_BINS = """own_1,attribute_delivery_minutes,-1,absent,,,,not delivered,non livré,0
own_1,attribute_delivery_minutes,0,missing,,,,unknown,inconnu,0.4
own_1,attribute_delivery_minutes,1,range,,30,,under 30,moins de 30,0.3
own_1,attribute_delivery_minutes,2,range,30,,,30 or more,30 ou plus,0.3
own_1,attribute_loyalty_tier,-1,absent,,,,not delivered,non livré,0
own_1,attribute_loyalty_tier,0,missing,,,,unknown,inconnu,0.4
own_1,attribute_loyalty_tier,1,category,,,bronze|silver,bronze or silver,bronze ou argent,0.3
own_1,attribute_loyalty_tier,2,category,,,gold,gold,or,0.2
own_1,attribute_loyalty_tier,3,other,,,,another tier,un autre niveau,0.1
"""
ATTRIBUTE_POINTS = """purchase_propensity,live,own_1,attribute_delivery_minutes,-1,0.000
purchase_propensity,live,own_1,attribute_delivery_minutes,0,-0.045
purchase_propensity,live,own_1,attribute_delivery_minutes,1,2.050
purchase_propensity,live,own_1,attribute_delivery_minutes,2,-1.990
purchase_propensity,live,own_1,attribute_loyalty_tier,-1,0.000
purchase_propensity,live,own_1,attribute_loyalty_tier,0,-0.300
purchase_propensity,live,own_1,attribute_loyalty_tier,1,0.150
purchase_propensity,live,own_1,attribute_loyalty_tier,2,0.950
purchase_propensity,live,own_1,attribute_loyalty_tier,3,-1.150
"""
# Texts that mean something to a database, or look like several tiers: none is a listed tier.
AWKWARD_ATTRIBUTES = """customer_id,attribute,value,updated_at
C0001,loyalty_tier,%,2025-06-28 10:00:00
C0002,loyalty_tier,gol_,2025-06-28 10:00:00
C0003,loyalty_tier,bronze|silver,2025-06-28 10:00:00
C0004,loyalty_tier,Gold,2025-06-28 10:00:00
C0005,delivery_minutes,29.999999,2025-06-28 10:00:00
C0006,delivery_minutes,30,2025-06-28 10:00:00
C0007,delivery_minutes,half an hour,2025-06-28 10:00:00
C0008,delivery_minutes,nan,2025-06-28 10:00:00
"""


def _scorer(seeds: Path, raw: Path, contract: Contract) -> Scorer:
    delivered = {
        f"{file.table.full_name}.{column}"
        for file in raw_files(raw, contract)
        for column in file.types
    }
    catalogue = seeds / "reference" / "cards" / "feature_catalogue.csv"
    return Scorer(seeds, SECTOR, available_features(catalogue, delivered))


def _score_everyone(warehouse: Path, scorer: Scorer) -> dict[str, list[Scored]]:
    attributes: dict[str, dict[str, str]] = defaultdict(dict)
    with opened(built=warehouse) as connection:
        for row in fetch_dicts(
            connection, "select * from built.intermediate.int_person_attributes"
        ):
            attributes[row["customer_id"]][row["feature"]] = row["text_value"]
        people = fetch_dicts(connection, "select * from built.marts.customer_features")
    assert people
    assert len({row["as_of_date"] for row in people}) == 1
    return {row["customer_id"]: scorer.score(row, attributes[row["customer_id"]]) for row in people}


def _assert_equal(found: dict[Any, Any], expected: dict[Any, Any], what: str) -> None:
    """Compare by key, and show the first keys that differ rather than everything."""
    keys = sorted(
        key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)
    )
    shown = [
        f"{key}\n  SQL:         {found.get(key)}\n  independent: {expected.get(key)}"
        for key in keys[:3]
    ]
    assert not keys, f"{what}: {len(keys)} of {len(expected)} differ\n" + "\n".join(shown)


def _assert_agreement(warehouse: Path, everyone: dict[str, list[Scored]]) -> None:
    results = {
        (person, result.name): result for person, scored in everyone.items() for result in scored
    }
    reasons = ", ".join(
        f"reason_{direction}_{place}_{language}"
        for language in ("en", "fr")
        for direction in ("up", "down")
        for place in PLACES
    )
    columns = "customer_id, score_name, score_version, score_raw, score, null_reason"
    with opened(built=warehouse) as connection:
        scores = connection.execute(
            f"select {columns}, {reasons} from built.marts.customer_scores"
        ).fetchall()
        ledgers = _contributions(connection)
        history = connection.execute(
            f"select {columns}, bin_codes from built.marts.score_history"
        ).fetchall()
    _assert_equal(
        {row[:2]: row[2:] for row in scores},
        {key: (*_figures(result), *_places(result)) for key, result in results.items()},
        "customer_scores",
    )
    _assert_equal(
        ledgers,
        {key: sorted(_plain(result.ledger)) for key, result in results.items() if result.ledger},
        "score_contributions",
    )
    _assert_equal(
        {row[:2]: row[2:] for row in history},
        {
            key: (*_figures(result), result.codes)
            for key, result in results.items()
            if result.name != "overall"
        },
        "score_history",
    )


def _figures(result: Scored) -> tuple[object, ...]:
    return result.version, result.raw, result.score, result.null_reason


def _plain(ledger: tuple[Entry, ...]) -> list[tuple[object, ...]]:
    return [(entry.feature, entry.bin, entry.label, entry.points) for entry in ledger]


def _contributions(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    """The SQL's ledger of each person and score."""
    ledgers: dict[tuple[str, str], list[tuple[object, ...]]] = defaultdict(list)
    for person, score, *entry in connection.execute(
        "select customer_id, score_name, feature, bin, bin_label, points "
        "from built.marts.score_contributions order by all"
    ).fetchall():
        ledgers[person, score].append(tuple(entry))
    return dict(ledgers)


def _places(result: Scored) -> list[str | None]:
    """Reasons as `customer_scores` has them: English then French, up then down."""
    texts: list[str | None] = []
    for language in ("en", "fr"):
        for reasons in (result.ups, result.downs):
            worded = [getattr(reason, language) for reason in reasons]
            texts += [*worded, *[None] * (len(PLACES) - len(worded))]
    return texts


def _assert_wide_table_agrees(warehouse: Path, everyone: dict[str, list[Scored]]) -> None:
    """`scored_customers` has the same scores, reasons why there is none, and strongest reasons."""
    with opened(built=warehouse) as connection:
        rows = {
            row["customer_id"]: row
            for row in fetch_dicts(connection, "select * from built.marts.scored_customers")
        }
    for person, scored in everyone.items():
        row = rows.pop(person)
        for result in scored:
            assert row[result.name] == result.score, (person, result.name)
            if result.name != "overall":
                assert row[f"{result.name}_reason_missing"] == result.null_reason, person
        overall = scored[-1]
        found = [row[f"reason_{place}_en"] for place in PLACES if row[f"reason_{place}_en"]]
        assert sorted(found) == sorted(reason.en for reason in (*overall.ups, *overall.downs))
    # Whoever is left objects or is deleted: no score, and the reason.
    for row in rows.values():
        assert row["overall"] is None
        reason = row["purchase_propensity_reason_missing"]
        assert reason in {"objects to profiling", "deleted in the CRM"}


def _assert_offers_agree(warehouse: Path, scorer: Scorer, parts: int = 1) -> None:
    """Scores, reasons, ledgers and order of the offers of some people."""
    some = f"hash(customer_id) % {parts} = 0"
    reasons = ", ".join(f"reason_{place}_{lang}" for lang in ("en", "fr") for place in OFFER_PLACES)
    keys = "customer_id, offer_id, score_name"
    with opened(built=warehouse) as connection:
        pairs = fetch_dicts(
            connection,
            "select * from built.marts.customer_offer_features inner join "
            f"built.marts.customer_features using (customer_id, as_of_date) where {some}",
        )
        rows = connection.execute(
            f"select {keys}, score_version, score_raw, score, null_reason, {reasons}, offer_rank "
            f"from built.marts.scored_offers where {some}"
        ).fetchall()
        ledgers: dict[tuple[str, ...], list[tuple[object, ...]]] = defaultdict(list)
        for *pair, feature, code, label, points in connection.execute(
            f"select {keys}, feature, bin, bin_label, points "
            f"from built.marts.offer_contributions where {some} order by all"
        ).fetchall():
            ledgers[tuple(pair)].append((feature, code, label, points))
    assert pairs
    results = {
        (row["customer_id"], row["offer_id"], result.name): result
        for row in pairs
        for result in scorer.score_offer(row)
    }
    raws: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for (person, offer, _), result in results.items():
        if result.raw is not None:
            raws[person][offer] = result.raw
    places = {
        (person, offer): place
        for person, scores in raws.items()
        for place, offer in enumerate(scorer.order_offers(scores), start=1)
    }
    expected = {}
    for key, result in results.items():
        texts = [
            getattr(side[place], language) if len(side) > place else None
            for language in ("en", "fr")
            for side, place in ((result.ups, 0), (result.ups, 1), (result.downs, 0))
        ]
        expected[key] = (*_figures(result), *texts, places.get(key[:2]))
    _assert_equal({row[:3]: row[3:] for row in rows}, expected, "scored_offers")
    _assert_equal(
        dict(ledgers),
        {key: sorted(_plain(result.ledger)) for key, result in results.items() if result.ledger},
        "offer_contributions",
    )


def _assert_scored_alike(warehouse: Path, scorer: Scorer, pair_parts: int = 1) -> int:
    """People, wide table and offers; how many people there are."""
    everyone = _score_everyone(warehouse, scorer)
    _assert_agreement(warehouse, everyone)
    _assert_wide_table_agrees(warehouse, everyone)
    _assert_offers_agree(warehouse, scorer, pair_parts)
    return len(everyone)


def test_sample_is_scored_alike(
    built_sample: Path, sample_raw: Path, project_dir: Path, contract: Contract
) -> None:
    _assert_scored_alike(built_sample, _scorer(project_dir / "seeds", sample_raw, contract))


def test_panel_is_scored_alike(
    scored_panel: Path, part_of_panel: Path, project_dir: Path, contract: Contract
) -> None:
    scorer = _scorer(project_dir / "seeds", part_of_panel, contract)
    assert _assert_scored_alike(scored_panel, scorer, PAIR_PARTS) > 200


@pytest.mark.full
def test_independent_scorer_agrees_on_the_whole_panel(
    panel_raw: Path, dbt: Dbt, project_dir: Path, contract: Contract, tmp_path: Path
) -> None:
    warehouse = dbt.build(panel_raw, tmp_path, select=SCORED)
    scorer = _scorer(project_dir / "seeds", panel_raw, contract)
    assert _assert_scored_alike(warehouse, scorer, PAIR_PARTS) > 2400


def test_ledger_of_a_past_date_is_made_again_from_history_and_seeds(
    built_sample: Path, dbt: Dbt, sample_raw: Path, contract: Contract, tmp_path: Path
) -> None:
    with opened(built=built_sample) as connection:
        ledgers = _contributions(connection)
    warehouse = tmp_path / WAREHOUSE_NAME
    shutil.copy2(built_sample, warehouse)
    dbt.build(sample_raw, tmp_path, as_of_date="2025-07-31", select=SCORED)
    scorer = _scorer(sample_raw.parents[1] / "seeds", sample_raw, contract)
    with opened(built=warehouse) as connection:
        history = connection.execute(
            "select customer_id, score_name, bin_codes from built.marts.score_history "
            f"where as_of_date = date '{SAMPLE_AS_OF_DATE}' and null_reason is null"
        ).fetchall()
    made_again = {
        (person, score): sorted(_plain(scorer.ledger(score, codes)))
        for person, score, codes in history
    }
    expected = {
        key: [entry for entry in ledger if entry[0] != LIMIT]
        for key, ledger in ledgers.items()
        if key[1] != "overall"
    }
    _assert_equal(made_again, expected, "the ledger of the past date")


def test_card_on_an_own_attribute_scores_by_name(
    dbt: Dbt, project_dir: Path, sample_raw: Path, contract: Contract, tmp_path: Path
) -> None:
    seeds, raw, built = tmp_path / "seeds", tmp_path / "raw", tmp_path / "built"
    shutil.copytree(project_dir / "seeds", seeds)
    cards = seeds / "reference" / "cards"
    _append(cards / "feature_bins.csv", ATTRIBUTE_BINS)
    (live,) = (
        row["score_version"]
        for row in read_rows(seeds / "sectors" / "commerce" / "score_catalogue.csv")
        if row["score_name"] == "purchase_propensity"
    )
    _append(cards / "score_points.csv", ATTRIBUTE_POINTS.replace(",live,", f",{live},"))
    shutil.copytree(sample_raw, raw)
    (raw / "crm/customer_attributes/awkward.csv").write_text(AWKWARD_ATTRIBUTES, encoding="utf-8")

    with connect(dbt.seeded(built)) as connection:
        for name in ("feature_bins", "score_points"):
            connection.execute(f"delete from reference.{name}")
            connection.execute(
                f"insert into reference.{name} "
                f"select * from read_csv('{cards / name}.csv', all_varchar = true)"
            )
    warehouse = dbt.build(raw, built, as_of_date=SAMPLE_AS_OF_DATE, select=SCORED)
    everyone = _score_everyone(warehouse, _scorer(seeds, raw, contract))
    used = {
        (entry.feature, entry.bin)
        for scored in everyone.values()
        for result in scored
        for entry in result.ledger
    }
    assert {("attribute_delivery_minutes", code) for code in (0, 1, 2)} <= used
    assert {("attribute_loyalty_tier", code) for code in (0, 1, 2, 3)} <= used
    _assert_agreement(warehouse, everyone)


def _append(path: Path, rows: str) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(rows)
