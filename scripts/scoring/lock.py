"""One run at a time on a warehouse."""

from __future__ import annotations

import contextlib
import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scoring.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def holder_path(lock_path: Path) -> Path:
    """The file beside the lock that says who holds it."""
    return lock_path.with_name(lock_path.name + ".json")


@contextmanager
def hold(lock_path: Path, run_id: str) -> Iterator[None]:
    """Hold the lock for the length of a `with` block; the system frees it if the process dies.

    Args:
        lock_path: the file to lock, made if missing.
        run_id: told to whoever finds the lock taken.

    Raises:
        Locked: another run holds it.
    """
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Locked(_taken_message(lock_path)) from None
    holder = holder_path(lock_path)
    try:
        record = {"pid": os.getpid(), "run_id": run_id, "since": datetime.now(UTC).isoformat()}
        holder.write_text(json.dumps(record), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _taken_message(lock_path: Path) -> str:
    who = "another process"
    with contextlib.suppress(OSError, ValueError, KeyError):
        record = json.loads(holder_path(lock_path).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(record["since"])
        who = (
            f"process {record['pid']} (run {record['run_id']}) since {since:%Y-%m-%d %H:%M:%S} UTC"
        )
    return (
        f"the warehouse is in use by {who}; nothing was changed. "
        f"Wait for it to end and run again. Lock: {lock_path}"
    )
