from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scoring.errors import Locked
from scoring.lock import hold, holder_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOLD = """
import sys, time
from pathlib import Path
from scoring.lock import hold
with hold(Path(sys.argv[1]), "run-a"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other_process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _HOLD, str(tmp_path / "w.duckdb.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_told_who_holds_the_warehouse(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    with (
        pytest.raises(Locked, match=rf"process {other_process.pid} \(run run-a\) since \d{{4}}"),
        hold(tmp_path / "w.duckdb.lock", "run-b"),
    ):
        pass
    assert Locked.exit_code == 3


def test_a_killed_run_frees_the_lock(tmp_path: Path, other_process: subprocess.Popen[str]) -> None:
    other_process.kill()
    other_process.wait()
    with hold(tmp_path / "w.duckdb.lock", "run-b"):
        assert "run-b" in holder_path(tmp_path / "w.duckdb.lock").read_text(encoding="utf-8")


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb.lock"
    with pytest.raises(ZeroDivisionError), hold(path, "a"):
        raise ZeroDivisionError
    with hold(path, "b"):
        pass
    assert not holder_path(path).exists()
