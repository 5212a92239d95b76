"""What checks found, as data and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scoring.errors import ChecksFailed

if TYPE_CHECKING:
    from pathlib import Path

Severity = Literal["error", "warning", "information"]
VERDICTS: dict[Severity, str] = {"error": "FAILED", "warning": "warning", "information": "note"}


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one expectation.

    Attributes:
        table: table that was judged.
        expectation: what must hold, in words.
        passed: whether it holds.
        severity: what a failure means: an error stops the run.
        observed: what was seen.
        failed_count: rows that break it; 1 where the table as a whole does.
        example_keys: keys of up to five such rows.
        advice: what to do about a failure.
    """

    table: str
    expectation: str
    passed: bool
    severity: Severity
    observed: str
    failed_count: int
    example_keys: tuple[str, ...]
    advice: str

    @property
    def verdict(self) -> str:
        """One word: ok, FAILED, warning or note."""
        return "ok" if self.passed else VERDICTS[self.severity]

    def text(self) -> str:
        """A readable account of a failure."""
        lines = [
            f"{self.verdict}  {self.table}: {self.expectation}",
            f"    seen: {self.observed}",
        ]
        if self.example_keys:
            lines.append(f"    for example: {'; '.join(self.example_keys)}")
        lines.append(f"    what to do: {self.advice}")
        return "\n".join(lines)


@dataclass(frozen=True)
class CheckReport:
    """The outcome of all expectations of one kind.

    Attributes:
        name: what was checked.
        results: one per expectation.
        docs_path: first page of the Data Docs.
    """

    name: str
    results: tuple[CheckResult, ...]
    docs_path: Path

    @property
    def passed(self) -> bool:
        """Whether no expectation of severity error failed."""
        return not self.failures("error")

    def failures(self, severity: Severity) -> list[CheckResult]:
        """The failed expectations of one severity."""
        return [r for r in self.results if not r.passed and r.severity == severity]

    def text(self) -> str:
        """A readable account: what failed, with example keys, and what to do."""
        failed, warned, noted = (
            self.failures("error"),
            self.failures("warning"),
            self.failures("information"),
        )
        outcome = "passed" if self.passed else "FAILED"
        head = (
            f"Checks of {self.name} {outcome}: {len(self.results)} expectations,"
            f" {len(failed)} failed, {len(warned)} warnings, {len(noted)} notes."
        )
        blocks = [result.text() for result in [*failed, *warned, *noted]]
        return "\n".join([head, *blocks, f"Data Docs: {self.docs_path}"])

    def raise_if_failed(self) -> None:
        """Stop where an expectation of severity error failed.

        Raises:
            ChecksFailed: with `text()` as its message.
        """
        if not self.passed:
            raise ChecksFailed(self.text())
