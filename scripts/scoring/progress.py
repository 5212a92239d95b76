"""What a person sees while a run works: one line per step, and a live one where a screen is."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

    from scoring.dbt_runner import Progress as NodeProgress

_PLAIN_WIDTH = 100


def stdout_console() -> Console:
    """Standard output; of a fixed width where it is not a screen."""
    return Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH)


def stderr_console() -> Console:
    """Standard error; of a fixed width where it is not a screen."""
    return Console(stderr=True, width=None if sys.stderr.isatty() else _PLAIN_WIDTH)


class Steps:
    """Announces the steps of a run on a console."""

    def __init__(self, console: Console) -> None:
        """Keep the console; nothing is shown yet."""
        self._console = console
        self._live: Progress | None = None
        self._task: TaskID | None = None
        self._note = ""
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step while the block works, and its time when it has ended well."""
        started = time.monotonic()
        self._note = ""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            Elapsed(),
            TextColumn("[dim]{task.fields[current]}"),
        )
        hidden = not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=hidden) as live:
            self._live = live
            self._task = live.add_task(title, total=None, current="")
            try:
                yield
            finally:
                self._live = None
        seconds = time.monotonic() - started
        self.spent(title, seconds)
        note = f"  [dim]{self._note}[/dim]" if self._note else ""
        self._console.print(f"[green]✓[/green] {title:<22} {seconds:6.1f} s{note}")

    def on_nodes(self, progress: NodeProgress) -> None:
        """Show how many nodes of the present step are done."""
        if self._live is not None and self._task is not None:
            self._live.update(
                self._task,
                completed=progress.finished,
                total=max(progress.total, progress.finished),
                current=progress.current,
            )

    def spent(self, title: str, seconds: float) -> None:
        """Add seconds to what a step, or a part of one, took."""
        self.seconds[title] = round(self.seconds.get(title, 0.0) + seconds, 2)

    def note(self, text: str) -> None:
        """Say something in the present step's closing line."""
        self._note = text

    def say(self, text: str) -> None:
        """Show a text of its own, such as a warning, above the present step's line."""
        self._console.print(text, style="yellow", highlight=False, markup=False)
