"""Why a person has their scores, to the last point, and why the scores are not what they were."""

from __future__ import annotations

from scoring.explain.explanation import Explanation, Part, ScoreExplanation, explain

__all__ = ["Explanation", "Part", "ScoreExplanation", "explain"]
