"""Measurements: the commands that people wait for, and growth beside what a person would write."""

from __future__ import annotations

from scoring.benchmark.commands import run_benchmark
from scoring.benchmark.processes import machine

__all__ = ["machine", "run_benchmark"]
