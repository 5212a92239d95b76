"""Break every promise in a scratch copy of the project and see its test fail.

Each `*.patch` beside this file plants one fault and names the promise that it breaks and the test
that must notice; see README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).resolve().parent
AT_ONCE = 2
CAUGHT = "caught"
SHOWN_CHARACTERS = 1500


@dataclass(frozen=True)
class Fault:
    """A patch that breaks a promise.

    Attributes:
        path: the patch.
        promise: what the project says of itself.
        test: pytest node id, or `dbt: <selector>` of a dbt test.
        needs: an environment beside `.venv` that the test needs, as a folder of the project.
    """

    path: Path
    promise: str
    test: str
    needs: str | None = None

    @property
    def selector(self) -> str | None:
        """What dbt is to select; None for a test of pytest."""
        return self.test.removeprefix("dbt:").strip() if self.test.startswith("dbt:") else None


@dataclass(frozen=True)
class Verdict:
    """What became of a fault: `caught`, or why not, with the end of what was printed."""

    word: str
    seconds: float = 0.0
    output: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a run of tests ended.

    Attributes:
        failed: tests that judged and found against.
        broken: tests that could not judge: errors of collection, of fixtures, of SQL.
        passed: tests that judged and found nothing.
        output: what was printed.
    """

    failed: int
    broken: int
    passed: int
    output: str


class BadPatchError(Exception):
    """A patch without its header lines."""


def read_fault(path: Path) -> Fault:
    """Read the header lines of a patch.

    Raises:
        BadPatchError: a header line is missing.
    """
    header = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            break
        name, _, text = line.removeprefix("# ").partition(":")
        header[name.strip()] = text.strip()
    if not header.get("promise") or not header.get("test"):
        raise BadPatchError(f"{path.name} lacks its header lines `# promise: …` and `# test: …`")
    return Fault(path, header["promise"], header["test"], header.get("needs"))


def copy_project(target: Path, environments: Iterable[str | None] = ()) -> None:
    """Copy what git knows and what is new and not ignored; link the environments needed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        source = PROJECT / name
        if name and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    for environment in filter(None, environments):
        (target / environment).symlink_to(PROJECT / environment)


def apply(patch: Path, folder: Path) -> str:
    """Apply a patch to a copy of the project; returns git's complaint, empty where it applies."""
    # The copy is no repository, and must not be taken for a part of one around it.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    result = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", str(patch)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if result.returncode == 0 else result.stderr or "git apply failed"


def run_pytest(folder: Path, node_ids: Sequence[str], *options: str) -> Outcome:
    """Run tests of pytest in a copy of the project."""
    report = folder / "build" / "faults.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    # A test that is named runs whatever marks it has.
    command = ["-m", "pytest", "-q", "-m", "", f"--junitxml={report}"]
    command += [f"--basetemp={folder / 'build' / 'pytest'}", *options, *node_ids]
    result = _run(folder, command)
    if not report.is_file():
        return Outcome(0, 1, 0, result)
    cases = list(ET.parse(report).iter("testcase"))
    broken = [case for case in cases if case.find("error") is not None]
    failed = [case for case in cases if case.find("failure") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    passed = len(cases) - len(broken) - len(failed) - len(skipped)
    return Outcome(len(failed), len(broken) + len(skipped), passed, result)


def run_dbt(folder: Path, selectors: Sequence[str]) -> list[Outcome]:
    """Build the sample in a copy of the project, then run dbt tests on it, selector by selector."""
    dbt = ["-c", "from dbt.cli.main import cli; cli()", "--no-use-colors", "--quiet"]
    no_tests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    output, nodes = _dbt(folder, [*dbt, "build", *no_tests])
    if not nodes or set(nodes.values()) - {"success", "no-op"}:
        return [Outcome(0, 1, 0, output)]
    outcomes = []
    for selector in selectors:
        output, nodes = _dbt(folder, [*dbt, "test", "--select", *selector.split()])
        states = [
            state for name, state in nodes.items() if name.startswith(("test.", "unit_test."))
        ]
        failed, passed = states.count("fail"), states.count("pass")
        outcomes.append(Outcome(failed, len(states) - failed - passed, passed, output))
    return outcomes


def _dbt(folder: Path, command: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Run dbt; what it printed, and how each node ended."""
    path = folder / "target" / "run_results.json"
    path.unlink(missing_ok=True)
    output = _run(folder, command)
    if not path.is_file():
        return output, {}
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    return output, {result["unique_id"]: result["status"] for result in results}


def _run(folder: Path, arguments: Sequence[str]) -> str:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        # The copy's own modules, also where another copy is installed.
        env={**kept, "PYTHONPATH": str(folder / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout + result.stderr


_OURS = ("SCORING_", "DBT_", "PYTEST_", "PYTHONPATH")


def judge(fault: Fault) -> Verdict:
    """Plant one fault and run its test."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fault_", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        copy_project(folder, [fault.needs])
        complaint = apply(fault.path, folder)
        if complaint:
            return Verdict("does not apply", time.monotonic() - started, complaint)
        if fault.selector:
            outcome = run_dbt(folder, [fault.selector])[0]
        else:
            outcome = run_pytest(folder, [fault.test])
    seconds = time.monotonic() - started
    if outcome.failed:
        return Verdict(CAUGHT, seconds)
    word = "stays green" if outcome.passed and not outcome.broken else "breaks otherwise"
    return Verdict(word, seconds, outcome.output)


def run_baseline(faults: Sequence[Fault]) -> str:
    """Run every named test without any fault; returns what was printed where one is not green."""
    node_ids = sorted({fault.test for fault in faults if fault.selector is None})
    selectors = sorted({fault.selector for fault in faults if fault.selector})
    with tempfile.TemporaryDirectory(prefix="fault_", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        copy_project(folder, {fault.needs for fault in faults})
        outcomes = []
        if node_ids:
            outcomes.append(run_pytest(folder, node_ids, "-n", str(AT_ONCE)))
        if selectors:
            outcomes += run_dbt(folder, selectors)
    bad = [o for o in outcomes if o.failed or o.broken or not o.passed]
    return "\n".join(outcome.output for outcome in bad)


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults; the exit code is 1 where one is not caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="faults whose file name has this in it")
    parser.add_argument(
        "--no-baseline", action="store_true", help="do not run the tests without a fault first"
    )
    options = parser.parse_args(arguments)
    console = Console()
    paths = [path for path in sorted(FAULTS.glob("*.patch")) if (options.only or "") in path.name]
    if not paths:
        console.print(f"No fault has {options.only!r} in its name.")
        return 1
    try:
        faults = [read_fault(path) for path in paths]
    except BadPatchError as error:
        console.print(str(error))
        return 1
    faults = _possible(faults, console)
    if not options.no_baseline:
        console.print(f"Running the tests of {len(faults)} faults without any of them …")
        output = run_baseline(faults)
        if output:
            console.print(output, markup=False, highlight=False)
            console.print("A test is not green without its fault: nothing was planted.")
            return 1
    verdicts = _judge_all(faults, console)
    console.print(_table(faults, verdicts))
    missed = sum(verdict.word != CAUGHT for verdict in verdicts)
    console.print(f"{len(faults) - missed} of {len(faults)} faults caught")
    return 1 if missed else 0


def _possible(faults: Sequence[Fault], console: Console) -> list[Fault]:
    """The faults whose tests can run here; says which cannot."""
    possible = [fault for fault in faults if not fault.needs or (PROJECT / fault.needs).is_dir()]
    for fault in set(faults) - set(possible):
        needed = f"make {fault.needs}/.installed"
        console.print(
            f"{fault.path.stem}: not planted, its test needs another environment: {needed}"
        )
    return possible


def _judge_all(faults: Sequence[Fault], console: Console) -> list[Verdict]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = []
        for fault, verdict in zip(faults, pool.map(judge, faults), strict=True):
            verdicts.append(verdict)
            line = f"{fault.path.stem}: {verdict.word} ({verdict.seconds:.0f} s)"
            console.print(line, markup=False, highlight=False)
            if verdict.output:
                console.print(verdict.output[-SHOWN_CHARACTERS:], markup=False, highlight=False)
    return verdicts


def _table(faults: Sequence[Fault], verdicts: Sequence[Verdict]) -> Table:
    table = Table("fault", "promise", "verdict")
    for fault, verdict in zip(faults, verdicts, strict=True):
        style = "green" if verdict.word == CAUGHT else "bold red"
        table.add_row(fault.path.stem, fault.promise, verdict.word, style=style)
    return table


if __name__ == "__main__":
    sys.exit(main())
