"""An explanation adds up: the ledger to the score, the parts to the change, each part honest."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from scoring.contract import read_contract
from scoring.errors import CannotRun
from scoring.explain import Explanation, explain
from scoring.explain.replay import Replay
from scoring.explain.show import as_json
from scoring.settings import Settings
from scoring.warehouse import attach, connect
from tests.support.dated import MANIFEST, dated_sample, keep_history
from tests.support.dbt import WAREHOUSE_NAME
from tests.support.once import SAMPLE_AS_OF_DATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt
    from tests.support.once import Once

TODAY = date.fromisoformat(SAMPLE_AS_OF_DATE)
# Three merges of the sample became known between the two dates.
BEFORE = TODAY - timedelta(days=27)
RUN_ID = "explained"
PEOPLE_OF_A_KIND = 1
# A card of before: the same points, the constant a point lower.
OLD_VERSION, OLD_BASE = 99, Decimal("-1.000")


@dataclass(frozen=True)
class Company:
    """A published copy with two dates, and the warehouse behind it."""

    settings: Settings

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives of the warehouse."""
        with connect(self.settings.warehouse_path, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def replay(self) -> Replay:
        """A replay on the warehouse."""
        manifest = self.settings.target_dir / "manifest.json"
        contract = read_contract(self.settings.project_dir)
        return Replay(self.settings.warehouse_path, manifest, contract, RUN_ID)


@pytest.fixture(scope="module")
def company(
    once: Once,
    dbt: Dbt,
    sample_raw: Path,
    project_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Company:
    made, folder = dated_sample(once, dbt, sample_raw), tmp_path_factory.mktemp("explained")
    settings = Settings(
        project_dir=folder / "project",
        raw_location=sample_raw,
        warehouse_path=folder / WAREHOUSE_NAME,
        published_dir=folder / "published",
        sector="commerce",
        as_of_date=None,
        run_id=RUN_ID,
    )
    shutil.copy(made / WAREHOUSE_NAME, settings.warehouse_path)
    settings.target_dir.mkdir(parents=True)
    shutil.copy(made / MANIFEST, settings.target_dir)
    (settings.project_dir / "models").symlink_to(project_dir / "models")
    keep_history(settings.warehouse_path, BEFORE)
    with connect(settings.warehouse_path) as connection:
        connection.execute("update intermediate.int_run set run_id = ?", [RUN_ID])
        connection.execute(
            f"""
            insert into reference.score_points
            select score_name, {OLD_VERSION}, bin_set, feature, bin,
                case when feature = '(base)' then points + {OLD_BASE} else points end
            from reference.score_points as points
            inner join reference.score_catalogue as live using (score_name, score_version)
            where score_name = 'customer_value';
            update marts.score_history
            set score_version = {OLD_VERSION}, score_raw = score_raw + {OLD_BASE},
                score = greatest(least(score_raw + {OLD_BASE}, 10), 0)
            where score_name = 'customer_value' and as_of_date = date '{BEFORE}'
            """
        )
    served = settings.published_dir / RUN_ID
    served.mkdir(parents=True)
    (settings.published_dir / "current").symlink_to(RUN_ID)
    (served / "manifest.json").write_text(json.dumps({"run_id": RUN_ID}), encoding="utf-8")
    with connect(served / "scoring.duckdb") as copy:
        attach(copy, settings.warehouse_path, "built")
        for schema, name in copy.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'built'"
            " and schema_name in ('reference', 'marts')"
        ).fetchall():
            copy.execute(f"create schema if not exists {schema}")
            copy.execute(f"create table {schema}.{name} as from built.{schema}.{name}")
    return Company(settings)


@pytest.fixture(scope="module")
def explanations(company: Company) -> dict[str, Explanation]:
    """People who ordered between the dates, people who did nothing, and people who were merged."""
    chosen = company.rows(
        f"""
        with people as (
            select
                customer_id,
                count(*) filter (where as_of_date in (date '{BEFORE}', date '{TODAY}')) as n,
                min(days_since_last_order) filter (where as_of_date = date '{TODAY}') as days
            from features.feat_customers
            group by customer_id
        ),

        merged as (
            select links.customer_id
            from intermediate.int_person_links as links
            where as_of_date in (date '{BEFORE}', date '{TODAY}')
            group by links.customer_id
            having count(*) filter (where as_of_date = date '{TODAY}')
                > count(*) filter (where as_of_date = date '{BEFORE}')
        )

        select customer_id
        from people
        where n = 2
        qualify row_number() over (
            partition by days < 27, customer_id in (from merged) order by hash(customer_id)
        ) <= {PEOPLE_OF_A_KIND}
        """
    )
    return {person: explain(company.settings, person) for (person,) in chosen}


def test_points_add_up_to_the_score_and_parts_to_the_change(
    company: Company, explanations: dict[str, Explanation]
) -> None:
    published = {
        (person, name): score
        for person, name, score in company.rows(
            "select customer_id, score_name, score from marts.customer_scores"
        )
    }
    seen: set[str] = set()
    for person, explanation in explanations.items():
        assert explanation.previous == BEFORE
        assert explanation.notes == ()
        for score in explanation.scores:
            assert score.score == published[person, score.name]
            if score.score is not None:
                assert sum(entry.points for entry in score.ledger) == score.score
            if score.change is None or score.change.difference is None:
                continue
            assert score.score is not None
            assert score.change.before is not None
            assert score.change.difference == score.score - score.change.before
            parts = {part.kind: part.points for part in score.change.parts}
            assert sum(parts.values()) == score.change.difference, (person, score.name, parts)
            assert not parts.keys() & {"late", "unsplit"}, (person, score.name, parts)
            for part in score.change.parts:
                if part.moves:
                    assert sum(move.points for move in part.moves) == part.points
            assert parts.get("card", 0) == (-OLD_BASE if score.name == "customer_value" else 0) or (
                score.name == "overall"
            )
            seen |= parts.keys()
    assert seen >= {"time", "behaviour", "merge", "card"}


def test_time_alone_is_what_would_have_come_without_any_event(company: Company) -> None:
    """Cut at the date before, counts stand still and days go on; that date itself is whole."""
    replay, days = company.replay(), (TODAY - BEFORE).days
    ordered = company.rows(
        f"""
        select before.customer_id
        from features.feat_customers as before
        inner join features.feat_customers as today using (customer_id)
        where
            before.as_of_date = date '{BEFORE}' and today.as_of_date = date '{TODAY}'
            and today.order_count_lifetime > before.order_count_lifetime
            and before.order_count_lifetime > 0
        order by hash(customer_id)
        limit 2
        """
    )
    assert len(ordered) == 2
    for (person,) in ordered:
        members = replay.linked(person, BEFORE)
        before = replay.state(person, members, BEFORE)
        idle = replay.state(person, members, TODAY, known_before=BEFORE)
        today = replay.state(person, members, TODAY)
        for name in ("days_since_last_order", "days_since_first_order"):
            assert idle.features[name] == before.features[name] + days
        for name, value in before.features.items():
            if name.endswith(("_lifetime", "_count")):
                assert idle.features[name] == value, name
        assert idle.features["order_count_7d"] in {0, None}
        assert today.features["order_count_lifetime"] > idle.features["order_count_lifetime"]
        cut = replay.state(person, members, BEFORE, known_before=BEFORE)
        assert (cut.codes, cut.null_reasons) == (before.codes, before.null_reasons)


def test_levers_are_worth_what_they_say_and_can_be_pulled(
    explanations: dict[str, Explanation],
) -> None:
    cannot = {"age_years", "tenure_days", "days_since_first_order", "income_band"}
    pulled = 0
    for explanation in explanations.values():
        for score in explanation.scores:
            assert len(score.levers) <= 2
            for lever in score.levers:
                assert lever.feature not in cannot
                assert (lever.points > 0) == score.is_high_good
                assert score.score is not None
                assert 0 <= score.score + lever.points <= 10
                pulled += 1
    assert pulled > 5


def test_a_key_is_found_or_answered(company: Company) -> None:
    settings = company.settings
    merged, into = company.rows(
        "select source_customer_id, customer_id from intermediate.int_person_links"
        f" where source_customer_id <> customer_id and as_of_date = date '{TODAY}'"
        " and customer_id in (select customer_id from marts.customer_scores) order by 1 limit 1"
    )[0]
    found = explain(settings, merged, language="fr", score="overall")
    assert found.customer == into
    assert found.notes[0] == f"{merged} was merged into {into}"
    document = json.loads(as_json(found))
    assert [score["label"] for score in document["scores"]] == ["ensemble"]
    (silent,) = company.rows(
        "select customer_id from marts.scored_customers where lifecycle = 'not_profiled' limit 1"
    )[0]
    for key, day, said in (
        ("nobody", None, "nobody is called 'nobody'"),
        (silent, None, "objects to profiling"),
        (into, TODAY - timedelta(days=1), "the last dates are"),
    ):
        with pytest.raises(CannotRun, match=said):
            explain(settings, key, as_of=day)
