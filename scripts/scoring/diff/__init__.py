"""Who moves when cards or rules change, before the change is merged."""

from __future__ import annotations

from scoring.diff.compare import Difference, Move, ScoreMove
from scoring.diff.sides import diff

__all__ = ["Difference", "Move", "ScoreMove", "diff"]
