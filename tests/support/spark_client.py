"""Statements for a Thrift server; run by the Python of Spark's own environment.

Reads `{"host": …, "port": …, "statements": [[…], …]}` from the standard input. Each list is run in
its order, the lists at the same time. Prints the rows of the last statement of each list, where it
asks for some, as JSON.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from pyhive import hive

SESSIONS = 3


def main() -> None:
    """Run what is asked for."""
    asked = json.load(sys.stdin)

    def run(statements: list[str]) -> list[list[object]]:
        connection = hive.connect(asked["host"], port=asked["port"], username="scoring")
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if statements[-1].startswith(("select", "show")) else []
        connection.close()
        return [list(row) for row in rows]

    with ThreadPoolExecutor(SESSIONS) as sessions:
        results = list(sessions.map(run, asked["statements"]))
    json.dump(results, sys.stdout, default=str)


if __name__ == "__main__":
    main()
