"""Every planted fault applies to this tree and names a test that exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

PATCHES = sorted((Path(__file__).parents[1] / "faults").glob("*.patch"))
NAMES = [path.stem for path in PATCHES]


def _header(patch: Path, key: str) -> str:
    found = re.search(rf"^# {key}: (.+)$", patch.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{patch.name} has no line '# {key}: …'"
    return found[1].strip()


def test_faults_are_planted() -> None:
    assert PATCHES


@pytest.mark.parametrize("patch", PATCHES, ids=NAMES)
def test_fault_applies(patch: Path, project_dir: Path) -> None:
    outcome = subprocess.run(
        ["git", "apply", "--check", str(patch)],
        cwd=project_dir,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize("patch", PATCHES, ids=NAMES)
def test_fault_names_a_promise_and_a_test(
    patch: Path, project_dir: Path, manifest: dict[str, Any]
) -> None:
    assert _header(patch, "promise")
    test = _header(patch, "test")
    if test.startswith("dbt: "):
        names = {node["name"] for node in manifest["nodes"].values()}
        names |= {node["name"] for node in manifest["unit_tests"].values()}
        selected = test.removeprefix("dbt: ").split()
        assert selected
        assert {word.split(":")[-1].strip("+") for word in selected} <= names, test
        return
    path, *names_in_file = test.split("::")
    text = (project_dir / path).read_text(encoding="utf-8")
    assert names_in_file, f"{test} names no test of {path}"
    for name in names_in_file:
        assert re.search(rf"^ *(def|class) {name.split('[')[0]}\b", text, re.MULTILINE), test
