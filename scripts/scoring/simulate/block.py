"""A block of people and the company that they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from scoring.simulate.catalogue import Catalogue
    from scoring.simulate.people import People
    from scoring.simulate.plan import Plan


@dataclass(frozen=True)
class Block:
    """What every table of a block is drawn from.

    Attributes:
        plan: the simulation.
        number: number of the block, from 0.
        catalogue: what is sold, offered and promoted.
        people: the people of the block.
    """

    plan: Plan
    number: int
    catalogue: Catalogue
    people: People

    def stream(self, purpose: str) -> np.random.Generator:
        """Random numbers of this block for a purpose."""
        return self.plan.stream(purpose, self.number)
