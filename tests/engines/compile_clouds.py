"""Compile every model for the engines that cannot be run here, without reaching for them.

`python tests/engines/compile_clouds.py TARGET …`, with the Python of requirements-clouds.lock.
Relations are taken to be absent, as before a first run; a model that asks the engine a question
while it compiles fails.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, NoReturn
from unittest import mock

from dbt.cli.main import dbtRunner

ADAPTERS = {"snowflake": "SnowflakeAdapter", "bigquery": "BigQueryAdapter"}


def main(targets: list[str]) -> int:
    """Compile for each target and return the exit code."""
    failed = False
    for target in targets:
        adapter = getattr(importlib.import_module(f"dbt.adapters.{target}"), ADAPTERS[target])
        adapter.list_relations = lambda *_: []
        adapter.get_relation = lambda *_, **__: None
        adapter.get_columns_in_relation = lambda *_: []
        adapter.execute = _refuse
        adapter.ConnectionManager.open = classmethod(_connect_to_nothing)
        outcome = dbtRunner().invoke(
            [
                *("--quiet", "compile", "--target", target, "--no-introspect"),
                *("--no-populate-cache", "--target-path", f"build/compiled-{target}"),
                *("--profiles-dir", ".", "--select", "resource_type:model"),
            ]
        )
        results: list[Any] = [
            result
            for result in getattr(outcome.result, "results", [])
            if result.node.resource_type == "model"
        ]
        faults = [result for result in results if result.status != "success"]
        for fault in faults:
            sys.stdout.write(f"{target}: {fault.node.name}: {fault.message}\n")
        sys.stdout.write(
            f"{target}: {len(results) - len(faults)} of {len(results)} models compile "
            f"(build/compiled-{target}); none was run\n"
        )
        if outcome.exception:
            sys.stdout.write(f"{target}: {outcome.exception}\n")
        failed = failed or not outcome.success
    return int(failed)


def _connect_to_nothing(_: object, connection: Any) -> Any:  # noqa: ANN401 - dbt's own types
    connection.state = "open"
    connection.handle = mock.MagicMock()
    return connection


def _refuse(*_: object, **__: object) -> NoReturn:
    message = "the model asks the engine a question while it compiles"
    raise RuntimeError(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
