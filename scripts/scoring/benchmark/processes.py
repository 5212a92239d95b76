"""What a process takes: seconds on the wall and of processors, peak memory, what it spilled."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LOOKED_AT_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Usage:
    """What one process took: seconds on the wall and of processors, peak memory and spill in MB."""

    wall_seconds: float
    processor_seconds: float
    peak_megabytes: float
    spill_megabytes: float = 0.0


def machine() -> str:
    """The machine in one line: processors, memory, system, Python."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors, {gigabytes:.0f} GB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}"
    )


class ProcessFailed(CannotRun):
    """A measured process ended badly; `how` says how, for those who cannot see its log."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        """Say it of a process with this exit code, negative for a signal."""
        self.how = f"ended with code {code}"
        if code < 0:
            self.how = f"was ended by {signal.Signals(-code).name}"
        if code == -signal.SIGKILL:
            self.how += ", most likely for want of memory"
        super().__init__(f"{name} {self.how}; what it printed is in {log}.")


def measure(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    folder: Path,
    log: Path,
    spill_folder: Path | None = None,
) -> Usage:
    """Run one command to its end and measure it.

    Args:
        name: what it is, for the message where it fails.
        command: program and arguments.
        environment: variables set besides those of this process.
        folder: where it runs.
        log: file for what it prints.
        spill_folder: where it writes what does not fit in memory; looked at while it runs.

    Raises:
        ProcessFailed: if it fails; what it printed is kept.
    """
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        watch = _SpillWatch(spill_folder)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.stop()
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        kept = Path(tempfile.gettempdir()) / "scoring-benchmark.log"
        shutil.copy(log, kept)
        raise ProcessFailed(name, process.returncode, kept)
    return Usage(
        wall_seconds=wall,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        peak_megabytes=usage.ru_maxrss / 1024,
        spill_megabytes=watch.peak_bytes / 2**20,
    )


class _SpillWatch(threading.Thread):
    """Looks at the size of a folder now and then and keeps the greatest."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self._is_done = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        while self._folder is not None and not self._is_done.wait(_LOOKED_AT_EVERY_SECONDS):
            self.peak_bytes = max(self.peak_bytes, _size(self._folder))

    def stop(self) -> None:
        self._is_done.set()
        self.join()


def _size(folder: Path) -> int:
    """Bytes of the files of a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.glob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
