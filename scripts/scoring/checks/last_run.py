"""What the last published run had, to compare the present one with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.settings import Settings


def published_folder(settings: Settings) -> Path | None:
    """The folder of the last published run, or None before the first."""
    current = settings.published_dir / "current"
    return current.resolve() if current.exists() else None


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest of the last published run; empty before the first.

    Raises:
        CannotRun: there is a published copy whose manifest cannot be read.
    """
    folder = published_folder(settings)
    if folder is None:
        return {}
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotRun(
            f"the last published copy cannot be compared with: {path}: {error}. Remove"
            f" {settings.published_dir / 'current'} to publish without comparing."
        ) from error
    if not isinstance(manifest, dict):
        raise CannotRun(f"{path} is no manifest: it holds no JSON object")
    return manifest
