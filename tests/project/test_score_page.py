"""The page of scores says what the seeds say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.score_page import score_page

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_of_scores_is_current(project_dir: Path) -> None:
    """Run `scoring scores-page` after a change of cards or sectors."""
    written = (project_dir / "docs" / "scores.md").read_text(encoding="utf-8")
    assert written == score_page(project_dir / "seeds")
