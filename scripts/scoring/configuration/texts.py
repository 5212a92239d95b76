"""Words that people read: each in English and in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.configuration.seeds import Problem, Seeds

_OTHER = {"_en": "_fr", "_fr": "_en"}


def check_texts(seeds: Seeds) -> Iterator[Problem]:
    """Texts that one language has and the other has not.

    Args:
        seeds: the seeds of a sector.

    Yields:
        Every problem.
    """
    for name, rows in seeds.tables.items():
        for column in seeds.headers.get(name, []):
            other = column[:-3] + _OTHER.get(column[-3:], "")
            if other == column[:-3]:
                continue
            for row in rows:
                if row[column] and not row[other]:
                    yield row.problem(
                        f"{column} says '{row[column]}' and {other} says nothing",
                        "People read both languages: write the other one",
                    )
