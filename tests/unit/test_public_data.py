from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from scoring import public_data
from scoring.contract import read_contract
from scoring.errors import CannotRun
from scoring.public_data import bank, cdnow, german

PROJECT = Path(__file__).resolve().parents[2]
# The set, a table of it, and what is counted there.
COUNTS = (
    ("cdnow", "sales/orders", "count(*), count(distinct customer_id)", (6696, 2357)),
    # The buyers' first purchases and the 1,882 repeat purchases that came in the last 39 weeks.
    ("cdnow", "sales/orders", "count(*) filter (ordered_at >= '1997-10-01')", (1882,)),
    ("cdnow", "sales/orders", "count(*) filter (amount = 0)", (8,)),
    ("german", "crm/customers", "count(*)", (1000,)),
    ("german", "crm/customer_attributes", "count(*), count(distinct attribute)", (20000, 20)),
    ("german", "outcomes/events", "count(*)", (300,)),
    ("bank", "marketing/touches", "count(*), count(distinct campaign_id)", (41188, 26)),
    ("bank", "marketing/responses", "count(*)", (4640,)),
    ("bank", "marketing/campaigns", "min(start_date)::date || ' ' || max(start_date)::date",
     ("2008-05-01 2010-11-01",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = public_data.source_folder(PROJECT)
    missing = [m.FILE for m in (bank, cdnow, german) if not (source / m.FILE).is_file()]
    if missing:
        pytest.skip(f"{source} lacks {', '.join(missing)}: see docs/how-to/replay-the-past.md")
    folder = tmp_path_factory.mktemp("public")
    for name in public_data.SETS:
        assert public_data.write_public(name, source, folder / name)
        assert not public_data.write_public(name, source, folder / name)
    return folder


@pytest.mark.parametrize(("name", "table", "counted", "expected"), COUNTS)
def test_rows_are_those_of_the_set(
    written: Path, name: str, table: str, counted: str, expected: tuple[object, ...]
) -> None:
    path = written / name / f"{table}.parquet"
    assert duckdb.sql(f"select {counted} from '{path}'").fetchall() == [expected]


def test_columns_are_those_of_the_contract(written: Path) -> None:
    tables = {f"{t.source}/{t.name}": t for t in read_contract(PROJECT).tables}
    for path in written.glob("*/*/*.parquet"):
        table = tables[f"{path.parent.name}/{path.stem}"]
        names = {row[0] for row in duckdb.sql(f"describe from '{path}'").fetchall()}
        assert names <= {column.name for column in table.columns}
        assert {column.name for column in table.columns if column.required} <= names


def test_length_of_a_call_is_known_after_it_only(written: Path) -> None:
    attributes, touches = (
        written / "bank" / table
        for table in ("crm/customer_attributes.parquet", "marketing/touches.parquet")
    )
    late = duckdb.sql(
        f"""
        select attribute, count(*)
        from '{attributes}' inner join '{touches}' using (customer_id)
        where updated_at >= touched_at
        group by attribute
        """
    ).fetchall()
    assert late == [("duration", 41188)]


def test_missing_file_is_named_with_its_origin(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"cdnow_sample\.txt\.gz.*Fader and Hardie"):
        public_data.write_public("cdnow", tmp_path, tmp_path / "raw")


def test_file_that_is_not_the_set_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / cdnow.FILE, "wt") as stream:
        stream.write(" 00004 0001 19970101  2   29.33\n")
    with pytest.raises(CannotRun, match=r"has 1 rows where the set has 6,919"):
        public_data.write_public("cdnow", tmp_path, tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


def test_unknown_set_names_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="bank, cdnow, german"):
        public_data.write_public("titanic", tmp_path, tmp_path / "raw")


def test_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / cdnow.FILE).write_bytes(b"")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "orders.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotRun, match="holds something else"):
        public_data.write_public("cdnow", tmp_path, mine)
    assert (mine / "orders.csv").read_text(encoding="utf-8") == "mine"
