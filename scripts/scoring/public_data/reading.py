"""Reading the file of a public set, and writing fields as attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd


def read_table(
    file: Path,
    *,
    separator: str,
    rows: int,
    columns: Sequence[str] | None = None,
    skipped: int = 0,
) -> pd.DataFrame:
    """Read a set's file as text, one column per field.

    Args:
        file: compressed or not.
        separator: between fields; a regular expression where it has several characters.
        rows: how many the set has.
        columns: names, as many as there are fields; those of the first line where not given.
        skipped: lines before the first row that are no names.

    Raises:
        CannotRun: the file cannot be read, or is not the set.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(
            file,
            sep=separator,
            header=0 if columns is None else None,
            names=None if columns is None else list(columns),
            index_col=False,
            skiprows=skipped,
            dtype=str,
            keep_default_na=False,
            engine="python" if len(separator) > 1 else "c",
        )
    except (OSError, EOFError, UnicodeDecodeError, ValueError) as error:
        raise CannotRun(f"{file} cannot be read: {error}") from None
    if len(frame) != rows:
        raise CannotRun(f"{file} has {len(frame):,} rows where the set has {rows:,}")
    return frame


def as_attributes(frame: pd.DataFrame, fields: Sequence[str], **known_at: Any) -> pd.DataFrame:  # noqa: ANN401 - anything that pandas takes for a column
    """Fields of a frame with `customer_id` as rows of `crm.customer_attributes`.

    Args:
        frame: a row per person.
        fields: columns to write; a value that is missing gets no row.
        **known_at: `updated_at`, when the values were written.
    """
    long = frame.assign(**known_at).melt(
        id_vars=["customer_id", "updated_at"],
        value_vars=list(fields),
        var_name="attribute",
        value_name="value",
    )
    kept = long.dropna(subset=["value"])
    return kept[["customer_id", "attribute", "value", "updated_at"]].reset_index(drop=True)
