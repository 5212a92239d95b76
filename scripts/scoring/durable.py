"""Files and folders that survive a crash: synced, hashed, renamed, swapped."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def sync_tree(folder: Path) -> None:
    """Flush every file and folder under `folder` to disk."""
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def rename(source: Path, target: Path) -> None:
    """Rename within a folder and flush it."""
    source.rename(target)
    _sync(target.parent)


def point_link(link: Path, target_name: str) -> None:
    """Make the symbolic link `link` name `target_name`, in one step that readers never see."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target_name)
    temporary.replace(link)
    _sync(link.parent)


def sha256_of(path: Path) -> str:
    """Checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
