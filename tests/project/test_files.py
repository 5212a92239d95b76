"""Rules on the files of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from scoring.warehouse import WAREHOUSE_STORAGE

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_MODEL = 150
LONGEST_LINE = 120
MOST_VARS = 10
JINJA = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


def _models(project_dir: Path) -> list[Path]:
    paths = sorted((project_dir / "models").rglob("*.sql"))
    assert paths
    return paths


def test_folders_configure_models_not_files(project_dir: Path) -> None:
    """A `config()` in a file is easily overlooked: put it in `dbt_project.yml`, or in the YAML."""
    configured = [
        path.name
        for path in _models(project_dir)
        if re.search(r"\bconfig\s*\(", path.read_text(encoding="utf-8"))
    ]
    assert configured == []


def test_models_are_short(project_dir: Path) -> None:
    """A model that does not fit on two screens has more than one idea: split it."""
    lengths = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in _models(project_dir)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODEL} == {}


def test_lines_of_sql_fit_the_screen(project_dir: Path) -> None:
    """What Jinja makes or says has no lines to speak of, and an editor folds comments."""
    folders = ("models", "snapshots", "tests/singular")
    paths = [path for folder in folders for path in sorted((project_dir / folder).rglob("*.sql"))]
    assert len(paths) > len(_models(project_dir))
    long = [
        f"{path.relative_to(project_dir)}: {line}"
        for path in paths
        for line in JINJA.sub("", path.read_text(encoding="utf-8")).splitlines()
        if len(line) > LONGEST_LINE and not line.lstrip().startswith("--")
    ]
    assert long == []


def test_vars_are_few(project_dir: Path) -> None:
    """A var is a parameter of one run; a number or label that lasts belongs in a seed."""
    text = (project_dir / "dbt_project.yml").read_text(encoding="utf-8")
    declared = yaml.safe_load(text)["vars"]
    assert 0 < len(declared) <= MOST_VARS
    used = {
        name
        for folder in ("models", "macros", "snapshots")
        for path in (project_dir / folder).rglob("*.sql")
        for name in re.findall(r"\bvar\([\"'](\w+)", path.read_text(encoding="utf-8"))
    }
    assert used == set(declared)


def test_dbt_and_scripts_make_the_same_file(project_dir: Path) -> None:
    """Who makes the warehouse says how its cells are stored as long as the file is there."""
    profile = yaml.safe_load((project_dir / "profiles.yml").read_text(encoding="utf-8"))
    warehouse = profile["customer_scoring"]["outputs"]["duckdb"]
    assert warehouse["config_options"]["storage_compatibility_version"] == WAREHOUSE_STORAGE
