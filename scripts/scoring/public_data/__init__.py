"""Public data sets as raw files of the contract, the way that a user brings tables of their own.

The files are not part of the project: they are read from a folder of the user's. Nothing here
knows of a model; what is written is landed, judged and cut like any delivery.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.public_data import bank, cdnow, german

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER_VARIABLE = "SCORING_PUBLIC_DATA"
DEFAULT_FOLDER = "../shared/data"
MARKER = "public.json"
SETS = {"bank": bank, "cdnow": cdnow, "german": german}


def source_folder(
    project_dir: Path, given: Path | None = None, environ: Mapping[str, str] | None = None
) -> Path:
    """Where the sets' files lie: as given, else by SCORING_PUBLIC_DATA, else beside the project."""
    variables = os.environ if environ is None else environ
    return (project_dir / (given or variables.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)).resolve()


def write_public(name: str, source: Path, folder: Path) -> bool:
    """Write a set under `folder`, whole or not at all, unless it is there already.

    Args:
        name: bank, cdnow or german.
        source: folder with the set's file.
        folder: raw location to make: `<folder>/<source>/<table>.parquet`.

    Returns:
        True if it was written, False if what lies there is up to date.

    Raises:
        CannotRun: there is no such set, its file is missing, or is not what it should be.
    """
    if name not in SETS:
        raise CannotRun(f"there is no public set '{name}': choose one of {', '.join(SETS)}")
    made_by = SETS[name]
    file = source / made_by.FILE
    if not file.is_file():
        raise CannotRun(
            f"the public set '{name}' needs the file {made_by.FILE}, which is not in {source}: "
            f"get it ({made_by.ORIGIN}) and name its folder in {FOLDER_VARIABLE}"
        )
    wanted = _marker(name, file, Path(str(made_by.__file__)))
    marker = folder / MARKER
    if marker.is_file() and marker.read_text(encoding="utf-8") == wanted:
        return False
    if folder.exists() and not marker.is_file():
        raise CannotRun(f"{folder} holds something else: name a folder that is free")
    tables = made_by.tables(file)
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    try:
        for table, frame in tables.items():
            path = partial / f"{table.replace('.', '/')}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(path, index=False, compression="zstd")
        (partial / MARKER).write_text(wanted, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return True


def _marker(name: str, file: Path, code: Path) -> str:
    """What identifies the written files: the set's own file and the code that read it."""
    digests = {
        part: hashlib.sha256(path.read_bytes()).hexdigest()
        for part, path in (("file", file), ("code", code), ("reading", code.parent / "reading.py"))
    }
    return json.dumps({"set": name, **digests}) + "\n"
