"""Programs of the project, each in a process of its own that has imported what it needs.

Most of the time of a short command goes into imports. One process does them once and forks for
each command; the fork has arguments, environment, folder and streams of its own. The process itself
only imports: threads that a library starts would be missing from its forks. This file is both
sides: the class for tests, and as a script the process.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IMPORTED = (
    "scoring.cli",
    "scoring.run",
    "scoring.progress",
    "scoring.summary",
    "scoring.checks.raw",
    "scoring.checks.marts",
    "dbt.cli.main",
    "dbt.adapters.duckdb",
)
# What checks of data import when they begin.
CHECKS = ("great_expectations", "great_expectations.expectations")
SCORING = "scoring.cli:main"
DBT = "dbt.cli.main:cli"


class Programs:
    """Runs programs of the project, one after another."""

    def __init__(self) -> None:
        """Nothing is started before the first program."""
        self._process: subprocess.Popen[str] | None = None

    def run(
        self,
        program: str,
        *arguments: str,
        environment: Mapping[str, str],
        folder: Path,
        imported: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end.

        Args:
            program: module and function, as of a console script.
            arguments: of the command line.
            environment: the whole environment of the process.
            folder: its working folder.
            imported: modules that are to be there for it and those after it.
        """
        with tempfile.TemporaryDirectory() as name:
            streams = [Path(name) / "stdout", Path(name) / "stderr"]
            request = {
                "program": program,
                "arguments": arguments,
                "environment": dict(environment),
                "folder": str(folder),
                "streams": [str(path) for path in streams],
            }
            code = self._ask(json.dumps({"imported": imported, "request": request}))
            stdout, stderr = (path.read_text(encoding="utf-8") for path in streams)
        return subprocess.CompletedProcess([program, *arguments], code, stdout, stderr)

    def close(self) -> None:
        """Let the process end."""
        if self._process is not None:
            self._process.communicate()

    def _ask(self, request: str) -> int:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{request}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, "the process that runs programs has ended; what it said stands above"
        return int(answer)


def without_settings() -> dict[str, str]:
    """The environment without settings of the project that the caller's shell may have."""
    return {name: text for name, text in os.environ.items() if not name.startswith("SCORING_")}


def _serve() -> None:
    answers = os.dup(1)
    os.dup2(2, 1)
    _import(IMPORTED)
    for line in sys.stdin:
        asked = json.loads(line)
        _import(asked["imported"])
        child = os.fork()
        if child == 0:
            os.close(answers)
            _become(**asked["request"])
        _, status = os.waitpid(child, 0)
        os.write(answers, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _import(modules: Sequence[str]) -> None:
    """Import what is not there yet; the collector of garbage lets forks share it."""
    if any(module not in sys.modules for module in modules):
        for module in modules:
            importlib.import_module(module)
        gc.collect()
        gc.freeze()


def _become(
    program: str,
    arguments: Sequence[str],
    environment: dict[str, str],
    folder: str,
    streams: Sequence[str],
) -> NoReturn:
    """Be the program, and end with its exit code."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in enumerate(streams, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    module, _, function = program.partition(":")
    sys.argv = [module.partition(".")[0], *arguments]
    code = 1
    try:
        getattr(importlib.import_module(module), function)()
        code = 0
    except SystemExit as end:
        if isinstance(end.code, int | None):
            code = end.code or 0
        else:
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001 - the trace is what the program would end with
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Libraries began threads that a fork does not have; they must not wait for them.
        os._exit(code)


if __name__ == "__main__":
    _serve()
