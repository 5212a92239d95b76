"""Logs, pages and artifacts: texts that may quote a person."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scoring.forget.traces import Traces


def below(roots: Sequence[Path]) -> list[Path]:
    """Every file below some folders."""
    return sorted(
        path
        for root in roots
        if root.is_dir()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def lines_about(path: Path, traces: Traces) -> int:
    """How many lines of a text name the person."""
    return sum(traces.mentioned_in(line) for line in _lines(path))


def erase_from(path: Path, traces: Traces) -> None:
    """A log loses the lines; a page or an artifact, which the next run makes anew, goes whole."""
    if ".log" not in path.name:
        path.unlink()
        return
    new = path.with_name(f".{path.name}.forgetting")
    kept = [line for line in _lines(path) if not traces.mentioned_in(line)]
    new.write_text("".join(kept), encoding="utf-8")
    replace(new, path)


def replace(new: Path, old: Path) -> None:
    """Put a new file in place of the old one, with its permissions, once it is on the disk."""
    new.chmod(old.stat().st_mode & 0o777)
    with new.open("rb") as stream:
        os.fsync(stream.fileno())
    new.replace(old)


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", "replace").splitlines(keepends=True)
