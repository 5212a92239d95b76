"""Lettings, managed homes and homes being built: what customers are asked for at set times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.simulate.columns import DAY, draw, places_in_group

if TYPE_CHECKING:
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Ints

_SPREAD = 0.4
"""Standard deviation of the log of what one agreement asks for, relative to its kind."""


@dataclass(frozen=True)
class Calls:
    """What agreements of a block ask for within the period; amounts in cents.

    Attributes:
        person: place of the person in the block.
        number: place among the calls of the person, from 0.
        issued: when it was sent, seconds since 1970.
        amount: what was asked for.
    """

    person: Ints
    number: Ints
    issued: Ints
    amount: Ints


def draw_calls(block: Block) -> Calls:
    """Calls of the people who buy: at most one agreement each, called for while they are there.

    An agreement by stages of works begins at any time of the period or up to its length before,
    and is called for to its end, since the home is bought whatever becomes of the buyer.
    """
    plan, people = block.plan, block.people
    kinds = plan.sector.agreements
    rng = block.stream("agreements")
    shares = [kind.share for kind in kinds]
    kind_of = draw(rng, [*shares, 1 - sum(shares)], len(people))
    phase = rng.random(len(people))
    size = np.exp(_SPREAD * rng.standard_normal(len(people)))
    persons, issued, amounts = [], [], []
    for place, kind in enumerate(kinds):
        who = np.flatnonzero((kind_of == place) & (people.first_day < plan.days))
        first, last = people.first_day[who], people.last_day[who].clip(max=plan.days)
        if kind.stages:
            length = kind.days_between * len(kind.stages)
            begin = np.where(first > 0, first, phase[who] * (plan.days + length) - length)
            steps, last = np.asarray(kind.stages), np.full(len(who), float(plan.days))
        else:
            begin = first + phase[who] * kind.days_between
            steps = np.ones(-(-plan.days // kind.days_between))
        days = begin[:, None] + kind.days_between * np.arange(len(steps))
        is_asked = (days >= 0) & (days < last[:, None])
        asked = np.rint(100 * kind.amount * size[who][:, None] * steps).astype(np.int64)
        persons.append(np.repeat(who, is_asked.sum(axis=1)))
        issued.append(plan.start_second + days[is_asked].astype(np.int64) * DAY + 9 * 3600)
        amounts.append(asked[is_asked])
    empty = np.zeros(0, dtype=np.int64)
    person = np.concatenate((empty, *persons))
    return Calls(
        person=person,
        number=places_in_group(person),
        issued=np.concatenate((empty, *issued)),
        amount=np.concatenate((empty, *amounts)),
    )
