"""Bad configuration is refused before anything is built: file, row and remedy of every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.configuration.bins import check_bins, check_points
from scoring.configuration.cells import check_cells
from scoring.configuration.scores import check_scores
from scoring.configuration.seeds import Problem, read_seeds
from scoring.configuration.segments import check_segments
from scoring.configuration.texts import check_texts
from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHOWN = 40


def check_configuration(project_dir: Path, sector: str) -> list[Problem]:
    """Every problem of the seeds of a sector, in the order of files and rows.

    Args:
        project_dir: folder of `dbt_project.yml`.
        sector: name of the sector's set of seeds.

    Raises:
        CannotRun: the seeds cannot be found at all.
    """
    seeds = read_seeds(project_dir, sector)
    if not seeds.tables and not seeds.declared:
        return []
    found = [*seeds.problems, *check_cells(seeds)]
    # A cell that is no number would only make the rules on it stumble: those come once it is one.
    if not found:
        found = [
            *check_scores(seeds),
            *check_bins(seeds),
            *check_points(seeds),
            *check_segments(seeds),
            *check_texts(seeds),
        ]
    return sorted(set(found))


def refuse_bad_configuration(project_dir: Path, sectors: Sequence[str]) -> None:
    """Stop where the configuration of any of the sectors is bad.

    Args:
        project_dir: folder of `dbt_project.yml`.
        sectors: names of sectors.

    Raises:
        CannotRun: with every problem, one a line.
    """
    problems = sorted({p for sector in sectors for p in check_configuration(project_dir, sector)})
    if not problems:
        return
    lines = [problem.text() for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"and {len(problems) - SHOWN} more")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    head = f"the configuration of {', '.join(sectors)} has {count}; nothing was built:"
    raise CannotRun("\n".join([head, *(f"  {line}" for line in lines)]))


def sectors_of(project_dir: Path) -> list[str]:
    """Names of all sectors of the project: the folders of seeds that have a catalogue of scores."""
    folder = project_dir / "seeds" / "sectors"
    return sorted(path.name for path in folder.glob("*") if (path / "score_catalogue.csv").exists())


__all__ = [
    "Problem",
    "check_configuration",
    "refuse_bad_configuration",
    "sectors_of",
]
