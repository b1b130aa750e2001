"""One number a person: a quantity at a time, as it is or against a reference treatment of the same person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.course import NAMES
from subside.course.summary import responded
from subside.engine.arms import CONTROLS, Arm, named, own
from subside.engine.group import Group, prepare, read_out
from subside.engine.population.draws import Draws
from subside.engine.systems.chronic_pain.layout import OUTPUTS
from subside.engine.systems.chronic_pain.solve import solve
from subside.errors import unknown_name
from subside.units import show_duration

Array = NDArray[np.float64]
NOTHING = "nothing"
REFERENCES = (*CONTROLS, NOTHING)
RESPONSES = {"p_response_30": 0.3, "p_response_50": 0.5}
#: What may be asked for: what the system computes, and who responds.
ENDPOINTS = tuple(name for name in NAMES if name in OUTPUTS or name in RESPONSES)
CHUNK = 4096  # people solved at once


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A quantity at a time.

    Attributes:
        name: Of the quantity; ``p_response_30`` and ``_50`` count 1 for a person who responds.
        at_h: When, in h from the first infusion.
        against: ``placebo``, ``active-placebo`` or ``none``: the same person's difference from it;
            ``nothing``: the value itself.
    """

    name: str
    at_h: float
    against: str = "placebo"

    def __post_init__(self) -> None:
        if self.name not in ENDPOINTS:
            raise unknown_name("endpoint", self.name, ENDPOINTS)
        if self.against not in REFERENCES:
            raise unknown_name("reference", self.against, REFERENCES)

    @property
    def unit(self) -> str:
        """The quantity's unit."""
        return NAMES[self.name].unit

    @property
    def words(self) -> str:
        """In words: ``pain at rest at 7 d, difference from placebo``."""
        against = "" if self.against == NOTHING else f", difference from {self.against}"
        return f"{NAMES[self.name].label} at {show_duration(self.at_h)}{against}"

    def of(self, group: Group, case: Case, *, swings: Draws | None = None) -> Array:
        """Return the endpoint of every person of a group; NaN where it could not be computed.

        ``swings``: whose natural swings are added to pain; nobody's if not given.
        """
        found = self._values(group, own(case), swings)
        if self.against == NOTHING:
            return found
        return found - self._values(group, named(self.against, case), swings)

    def _values(self, group: Group, arm: Arm, swings: Draws | None) -> Array:
        system, plan = prepare(group, arm, np.array([self.at_h]))
        reader = replace(
            group,
            draws=group.draws if swings is None else swings,
            vary=frozenset() if swings is None else frozenset({"patient"}),
        )
        samples = read_out(reader, arm, solve(system, plan))
        if self.name in RESPONSES:
            pain = samples["nrs_pain"]
            hit = responded(pain, baseline=group.stated_pain, fraction=RESPONSES[self.name])[:, 0]
            return np.where(np.isfinite(pain[:, 0]), hit.astype(np.float64), np.nan)
        if self.name not in samples:
            raise unknown_name("endpoint of this PK set", self.name, samples)
        return samples[self.name][:, 0].astype(np.float64)


def in_chunks(function: Callable[[Array], Array], points: Array, told: Callable[[int], None] | None) -> Array:
    """Return a function of many points, a few at a time, so that memory stays flat."""
    parts = []
    for first in range(0, len(points), CHUNK):
        part = points[first : first + CHUNK]
        parts.append(function(part))
        if told:
            told(len(part))
    return np.concatenate(parts)
