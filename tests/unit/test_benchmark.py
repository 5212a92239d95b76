"""What a benchmark says of a process that does not end well."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scoring.benchmark.processes import ProcessFailed, measure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("ending", "how"),
    [
        ("sys.exit(7)", "ended with code 7"),
        ("os.kill(os.getpid(), 15)", "was ended by SIGTERM"),
        ("os.kill(os.getpid(), 9)", "was ended by SIGKILL, most likely for want of memory"),
    ],
)
def test_how_a_process_ended_is_told(tmp_path: Path, ending: str, how: str) -> None:
    command = (sys.executable, "-c", f"import os, sys; print('so far', flush=True); {ending}")
    with pytest.raises(ProcessFailed, match="a rival") as raised:
        measure("a rival", command, {}, folder=tmp_path, log=tmp_path / "log")
    assert raised.value.how == how
    assert (tmp_path / "log").read_text(encoding="utf-8") == "so far\n"
