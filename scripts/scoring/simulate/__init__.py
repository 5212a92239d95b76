"""A made-up company of any size: every raw table of the contract, and the truth behind it.

People are drawn in blocks of a fixed size, each with random numbers of its own, so that the rows
depend on the plan alone and not on how many are made at a time. The truth goes to a folder beside
the raw location, where no model reads.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict, deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun
from scoring.simulate.catalogue import Catalogue, make_catalogue
from scoring.simulate.delivery import deliver
from scoring.simulate.dirt import soil
from scoring.simulate.truth import parameters_of
from scoring.simulate.world import find_base_rate, make_block, person_column
from scoring.simulate.writer import ROWS_PER_GROUP, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from scoring.contract import Contract
    from scoring.simulate.columns import Ints
    from scoring.simulate.delivery import Delivery
    from scoring.simulate.plan import Plan

Planted = dict[str, Counter[str]]
"""Per table the number of rows, and how they must be judged."""


@dataclass(frozen=True)
class Pace:
    """How the work is done; the rows do not depend on it.

    Attributes:
        workers: blocks made at the same time.
        rows_per_group: rows that are written at a time.
        report: called after each block with the number of blocks done and of all.
    """

    workers: int = 2
    rows_per_group: int = ROWS_PER_GROUP
    report: Callable[[int, int], None] | None = None


@dataclass(frozen=True)
class Simulation:
    """What was written.

    Attributes:
        folder: raw location.
        truth: folder of the truth.
        planted: counts of what was written.
    """

    folder: Path
    truth: Path
    planted: Planted


@dataclass(frozen=True)
class _Batch:
    """Rows of one block: table, rows and their parts; unreadable rows apart; the truth."""

    rows: list[tuple[str, pa.Table, Ints]]
    text: list[tuple[str, pa.Table]]
    truth: pa.Table | None
    planted: Planted


def truth_folder(folder: Path) -> Path:
    """Where the truth of a raw location lies: beside it."""
    return folder.with_name(f"{folder.name}-truth")


def simulate(
    folder: Path,
    plan: Plan,
    contract: Contract,
    pace: Pace | None = None,
) -> Simulation:
    """Write a simulated company below `folder`, whole or not at all.

    Args:
        folder: raw location to make; must not hold anything yet.
        plan: what to simulate.
        contract: the raw contract, which gives columns, types and what is refused.
        pace: how the work is done.

    Raises:
        CannotRun: the folder or that of the truth holds something.
    """
    truth = truth_folder(folder)
    for place in (folder, truth):
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise CannotRun(f"{place} holds something already: remove it or name another folder")
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    partial_truth = truth.with_name(f"{truth.name}.partial-{os.getpid()}")
    try:
        planted = _write((partial, partial_truth), plan, contract, pace or Pace())
        for made, place in ((partial, folder), (partial_truth, truth)):
            if place.exists():
                place.rmdir()
            made.rename(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(partial_truth, ignore_errors=True)
    return Simulation(folder, truth, planted)


def _write(folders: tuple[Path, Path], plan: Plan, contract: Contract, pace: Pace) -> Planted:
    folder, truth = folders
    catalogue = make_catalogue(plan)
    base_rate = find_base_rate(plan, catalogue)
    planted: Planted = defaultdict(Counter)
    folder.mkdir(parents=True)
    truth.mkdir(parents=True)
    text_name = f"part-{plan.part_count:04d}-text"

    def block_batch(block: int) -> _Batch:
        deliveries, told = make_block(plan, block, base_rate, catalogue, contract)
        return _soiled(plan, block, deliveries, told)

    with (
        Writer(folder, pace.rows_per_group) as writer,
        Writer(truth, pace.rows_per_group) as truths,
    ):

        def write(batch: _Batch) -> None:
            for table, rows, parts in batch.rows:
                writer.add(table, rows, parts)
            for table, rows in batch.text:
                writer.add_to(table, text_name, rows)
            if batch.truth is not None:
                truths.add_to("customers", "part-0001", batch.truth)
            for table, counts in batch.planted.items():
                planted[table].update(counts)

        if plan.tables == "all":
            write(_soiled(plan, 0, _catalogue_rows(plan, catalogue, contract), None))
        for done, batch in enumerate(_in_order(block_batch, plan.block_count, pace.workers), 1):
            write(batch)
            if pace.report is not None:
                pace.report(done, plan.block_count)
    text = parameters_of(plan, catalogue, base_rate, planted)
    (truth / "parameters.json").write_text(text, encoding="utf-8")
    return dict(planted)


def _in_order(make: Callable[[int], _Batch], count: int, workers: int) -> Iterator[_Batch]:
    """The batches in the order of their blocks; only a few are in memory at a time."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[_Batch]] = deque()
        for block in range(count):
            waiting.append(pool.submit(make, block))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _catalogue_rows(plan: Plan, catalogue: Catalogue, contract: Contract) -> list[Delivery]:
    deliveries = []
    for name, columns in catalogue.tables.items():
        count = len(next(iter(columns.values())))
        # The catalogue is there from the first day on.
        loaded = plan.delivered(
            np.full(count, plan.start_second), np.zeros(count, dtype=bool), np.zeros(count, int)
        )
        deliveries.append(deliver(contract.table(*name.split(".")), columns, loaded))
    return deliveries


def _soiled(plan: Plan, block: int, deliveries: list[Delivery], truth: pa.Table | None) -> _Batch:
    """Add the dirt, count what was planted, and drop columns that are not asked for."""
    batch = _Batch([], [], truth, defaultdict(Counter))
    for place, delivery in enumerate(deliveries):
        name = delivery.table.full_name
        counts = batch.planted[name]
        dirt = soil(plan, delivery, plan.stream(f"dirt {place} {name}", block), counts)
        person = person_column(delivery)
        counts["anonymous"] += 0 if person is None else person.null_count
        counts["accepted"] += len(delivery.loaded) - (0 if person is None else person.null_count)
        pieces = [(delivery.rows, delivery.loaded), *dirt.rows]
        if delivery.later is not None:
            pieces.append(delivery.later)
            counts["superseded"] += len(delivery.later[1])
        for rows, loaded in pieces:
            kept = rows
            if plan.tables == "sales" and name == "sales.orders":
                kept = rows.drop_columns(["status_at", "_loaded_at"])
            counts["rows"] += len(loaded)
            batch.rows.append((name, kept, plan.parts(loaded)))
        if dirt.text is not None:
            counts["rows"] += dirt.text.num_rows
            batch.text.append((name, dirt.text))
    return batch
