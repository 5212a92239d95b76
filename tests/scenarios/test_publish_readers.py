"""Readers in other processes while copies are published, and publishes that are killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scoring.publish import current_folder, publish, read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SmallProject

PUBLISH_COUNT = 20
READS_EACH = 50

# Reads until its standard input closes; says what it saw, one JSON object per read.
_READER = """
import json, select, sys
from pathlib import Path
import duckdb

published = Path(sys.argv[1])
while not select.select([sys.stdin], [], [], 0)[0]:
    folder = (published / "current").resolve()
    try:
        with duckdb.connect(
            folder / "scoring.duckdb", read_only=True, config={"threads": 1}
        ) as connection:
            seen = [
                connection.execute(f"select distinct run_id from marts.{table}").fetchall()
                for table in ("scored_customers", "customer_scores")
            ]
        manifest = json.loads((folder / "manifest.json").read_text())
        print(json.dumps({"seen": seen, "manifest": manifest["run_id"]}), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
"""

# Publishes, and stops for ever where the named step would begin.
_PUBLISHER = """
import sys, time
from pathlib import Path
from scoring import durable, publish
from scoring.record import RunRecord
from scoring.settings import Settings
from datetime import datetime

def stop(*_):
    print("reached", flush=True)
    time.sleep(60)

setattr(durable, sys.argv[1], stop)
project, run_id = Path(sys.argv[2]), sys.argv[3]
settings = Settings(
    project, project / "raw", project / "warehouse/small.duckdb", project / "published/small",
    "commerce", None, run_id,
)
publish.publish(settings, frozenset(), RunRecord(run_id, datetime(2025, 6, 30)))
"""


def test_readers_see_every_copy_and_never_half_of_one(small_project: SmallProject) -> None:
    run_ids = [f"run-{number:02d}" for number in range(PUBLISH_COUNT)]
    published = small_project.settings.published_dir
    publish(small_project.build(run_ids[0]), frozenset(), small_project.record(run_ids[0]))
    command = [sys.executable, "-c", _READER, str(published)]
    reads: list[dict[str, object]] = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None

        def read_on(run_id: str) -> None:
            """Take reads until there are enough, the last of them of this run."""
            taken = 0
            while taken < READS_EACH or reads[-1].get("manifest") != run_id:
                reads.append(json.loads(reader.stdout.readline() if reader.stdout else ""))
                taken += 1

        read_on(run_ids[0])
        for run_id in run_ids[1:]:
            # The reader goes on reading all the while.
            publish(small_project.build(run_id), frozenset(), small_project.record(run_id))
            read_on(run_id)
        reader.stdin.close()
        reads += [json.loads(line) for line in reader.stdout]

    assert [read for read in reads if "error" in read] == []
    assert len(reads) >= 1000
    assert [read for read in reads if read["seen"] != [[[read["manifest"]]]] * 2] == []
    assert {read["manifest"] for read in reads} == set(run_ids)


@pytest.mark.parametrize("step", ["sync_tree", "rename", "point_link"])
def test_a_publish_that_is_killed_leaves_the_last_good_copy(
    small_project: SmallProject, step: str
) -> None:
    published = small_project.settings.published_dir
    good = publish(small_project.build("run-1"), frozenset(), small_project.record("run-1")).folder
    project_dir = small_project.settings.project_dir
    small_project.build("run-2")
    command = [sys.executable, "-c", _PUBLISHER, step, str(project_dir), "run-2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as publisher:
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == "reached\n"
        publisher.send_signal(signal.SIGKILL)
        assert publisher.wait() == -signal.SIGKILL

    assert current_folder(published) == good
    assert read_manifest(good)["run_id"] == "run-1"
    partials = [path.name for path in published.glob("*.partial")]
    assert partials == ([] if step == "point_link" else ["run-2.partial"])

    publish(small_project.build("run-3"), frozenset(), small_project.record("run-3"))
    assert current_folder(published) == published / "run-3"
    assert not list(published.glob("*.partial"))


def test_a_link_that_was_never_swapped_in_is_removed(small_project: SmallProject) -> None:
    published: Path = small_project.settings.published_dir
    published.mkdir(parents=True)
    (published / ".current.4711").symlink_to("nowhere")
    publish(small_project.build("run-1"), frozenset(), small_project.record("run-1"))
    assert sorted(path.name for path in published.iterdir()) == ["current", "run-1"]
