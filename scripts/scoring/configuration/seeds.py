"""Seeds as they lie on disk: every row with its file and line, every column as declared in YAML."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SECTOR = re.compile(r"\{\{\s*env_var\('SCORING_SECTOR'.*?\)\s*\}\}")


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a file.

    Attributes:
        path: the file, from the project's folder.
        line: line of the row, 1 for the header; 0 for the file as a whole.
        message: what is wrong.
        remedy: what to do.
    """

    path: str
    line: int
    message: str
    remedy: str

    def text(self) -> str:
        """The problem in one line."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}. {self.remedy}"


@dataclass(frozen=True)
class Row:
    """A row of a seed, all cells as text, an empty cell as empty text."""

    path: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell of a column; empty where the file has no such column."""
        return self.cells.get(column, "")

    def number(self, column: str) -> Decimal | None:
        """The cell as a number, None where it is empty."""
        return Decimal(self[column]) if self[column] else None

    def is_true(self, column: str) -> bool:
        """Whether a boolean cell says yes."""
        return self[column].lower() == "true"

    def problem(self, message: str, remedy: str) -> Problem:
        """A problem of this row."""
        return Problem(self.path, self.line, message, remedy)


@dataclass(frozen=True)
class Declared:
    """What YAML says of a seed.

    Attributes:
        columns: its columns.
        types: type by column, in lower case.
        keys: columns of each of its `unique_key` tests.
    """

    columns: tuple[str, ...]
    types: dict[str, str]
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Seeds:
    """The seeds of a sector.

    Attributes:
        tables: rows by name of the seed.
        paths: file by name of the seed, from the project's folder.
        headers: columns of each file.
        declared: what YAML says, by name of the seed.
        problems: what was wrong with the files themselves.
    """

    tables: dict[str, list[Row]]
    paths: dict[str, str]
    headers: dict[str, list[str]]
    declared: dict[str, Declared]
    problems: list[Problem] = field(default_factory=list)

    def rows(self, name: str) -> list[Row]:
        """Rows of a seed; none where the sector has no such seed."""
        return self.tables.get(name, [])

    def values(self, name: str, column: str) -> set[str]:
        """All values of a column."""
        return {row[column] for row in self.rows(name)}

    def path(self, name: str) -> str:
        """Where a seed lies, for a problem that has no row."""
        return self.paths.get(name, f"seeds/**/{name}.csv")


def seed_folders(project_dir: Path, sector: str) -> list[Path]:
    """Folders of seeds of a sector, as `dbt_project.yml` lists them.

    Raises:
        CannotRun: the project file cannot be read.
    """
    path = project_dir / "dbt_project.yml"
    try:
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        names = [str(name) for name in document.get("seed-paths", ["seeds"])]
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise CannotRun(f"{path} does not say where seeds lie (seed-paths): {error!r}") from error
    return [project_dir / _SECTOR.sub(sector, name) for name in names]


def read_seeds(project_dir: Path, sector: str) -> Seeds:
    """Read every seed of a sector.

    Raises:
        CannotRun: a folder of seeds or a YAML file cannot be read.
    """
    folders = seed_folders(project_dir, sector)
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        raise CannotRun(f"no such folder of seeds: {', '.join(missing)}")
    seeds = Seeds({}, {}, {}, _declarations(folders))
    for path in sorted(path for folder in folders for path in folder.rglob("*.csv")):
        _read_file(seeds, path, str(path.relative_to(project_dir)))
    for name in sorted(seeds.declared.keys() - seeds.tables.keys()):
        seeds.problems.append(
            Problem(
                f"{name}.csv",
                0,
                f"the sector {sector} has no such seed, and the models read it",
                f"Copy it from another sector to {folders[-1].relative_to(project_dir)}",
            )
        )
    return seeds


def _declarations(folders: list[Path]) -> dict[str, Declared]:
    declared = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*.yml")):
        try:
            text = path.read_text(encoding="utf-8")
            document = yaml.load(text, Loader=yaml.CSafeLoader) or {}
            for seed in document.get("seeds") or []:
                declared[str(seed["name"])] = _declaration(seed)
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise CannotRun(
                f"{path} is not a list of seeds as dbt reads them: {error!r}"
            ) from error
    return declared


def _declaration(seed: dict[str, Any]) -> Declared:
    config: dict[str, Any] = seed.get("config") or {}
    types = {str(k): str(v).lower() for k, v in (config.get("column_types") or {}).items()}
    columns = [str(column["name"]) for column in seed.get("columns") or []] or list(types)
    keys = [
        tuple(str(test["unique_key"]["arguments"]["column_name"]).split(", "))
        for test in seed.get("data_tests") or []
        if isinstance(test, dict) and "unique_key" in test
    ]
    return Declared(tuple(columns), types, tuple(keys))


def _read_file(seeds: Seeds, path: Path, shown: str) -> None:
    seeds.tables[path.stem] = rows = []
    seeds.paths[path.stem] = shown
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header, lines = _lines(stream)
            seeds.headers[path.stem] = header
            for line, cells in lines:
                if len(cells) != len(header):
                    seeds.problems.append(
                        Problem(
                            shown,
                            line,
                            f"the row has {len(cells)} cells, the header {len(header)} columns",
                            "Quote a text that holds a comma, or complete the row",
                        )
                    )
                    continue
                rows.append(Row(shown, line, dict(zip(header, cells, strict=True))))
    except UnicodeDecodeError as error:
        seeds.problems.append(Problem(shown, 0, f"it is not UTF-8: {error}", "Save it as UTF-8"))
    except csv.Error as error:
        seeds.problems.append(Problem(shown, 0, f"it is no CSV: {error}", "Correct its quotes"))


def _lines(stream: Iterator[str]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header, and the other rows with the line that each begins on."""
    reader = csv.reader(stream, strict=True)
    header = next(reader, [])

    def rows() -> Iterator[tuple[int, list[str]]]:
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1

    return header, rows()
