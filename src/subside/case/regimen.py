"""The regimen in plain resolved form: what flows when, in h and mg, ready for the engine.

A case holds what was prescribed ("0.35 mg/kg/h for 4 h, ten weekdays"); a regimen holds what that
means for this patient. Times are in h from the case's time zero. Boluses are instantaneous.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

__all__ = ["DRUGS", "Bolus", "Limits", "Policy", "Regimen", "Segment"]

#: The two drug forms; nothing converts one into the other.
DRUGS: Final = ("esketamine", "racemic_ketamine")


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A stretch of constant rate, from ``start_h`` up to ``end_h``."""

    start_h: float
    end_h: float
    drug: str
    mg_per_h: float

    @property
    def mg(self) -> float:
        """The amount given."""
        return self.mg_per_h * (self.end_h - self.start_h)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bolus:
    """An amount given at once."""

    at_h: float
    drug: str
    mg: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What makes a titration hold or lower its rate: any one of these. None: not looked at."""

    pain_below: float | None = None
    sbp_above_mmhg: float | None = None
    map_above_mmhg: float | None = None
    hr_above_bpm: float | None = None
    moaas_below: float | None = None
    cadss_above: float | None = None
    spo2_below_percent: float | None = None

    def __bool__(self) -> bool:
        """Return whether anything at all is looked at."""
        return any(getattr(self, name) is not None for name in self.__slots__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A titration, decided patient by patient while it runs.

    It starts at ``start_mg_per_h``. At ``start_h + every_h``, ``start_h + 2 every_h`` and so on, the
    first of these that applies decides: ``lower_if`` lowers by ``lower_step_mg_per_h`` (never below
    the floor); ``hold_if`` keeps the rate; pain above ``raise_if_pain_above`` raises by
    ``step_mg_per_h`` (never above the ceiling); otherwise the rate stays.
    """

    start_h: float
    end_h: float
    drug: str
    start_mg_per_h: float
    step_mg_per_h: float
    every_h: float
    ceiling_mg_per_h: float
    floor_mg_per_h: float
    lower_step_mg_per_h: float
    raise_if_pain_above: float | None = None
    hold_if: Limits = field(default_factory=Limits)
    lower_if: Limits = field(default_factory=Limits)

    @property
    def decisions_h(self) -> tuple[float, ...]:
        """The times at which the rate is decided again, in h; the start is not among them."""
        count = int((self.end_h - self.start_h) / self.every_h * (1 - 1e-12))
        return tuple(self.start_h + self.every_h * k for k in range(1, count + 1))

    def fastest(self) -> tuple[Segment, ...]:
        """Return the most this policy can give: raised at every decision, up to the ceiling."""
        return self._path(0.0 if self.raise_if_pain_above is None else self.step_mg_per_h)

    def slowest(self) -> tuple[Segment, ...]:
        """Return the least this policy can give: lowered at every decision, down to the floor."""
        return self._path(-self.lower_step_mg_per_h if self.lower_if else 0.0)

    def _path(self, change: float) -> tuple[Segment, ...]:
        edges = (self.start_h, *self.decisions_h, self.end_h)
        pieces: list[Segment] = []
        for k, (start, end) in enumerate(pairwise(edges)):
            free = self.start_mg_per_h + change * k
            rate = min(self.ceiling_mg_per_h, max(self.floor_mg_per_h, free))
            if pieces and pieces[-1].mg_per_h == rate:
                start = pieces.pop().start_h
            pieces.append(Segment(start_h=start, end_h=end, drug=self.drug, mg_per_h=rate))
        return tuple(piece for piece in pieces if piece.mg_per_h > 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Regimen:
    """All that is given: segments, boluses and policies, each in order of time, none overlapping."""

    segments: tuple[Segment, ...] = ()
    boluses: tuple[Bolus, ...] = ()
    policies: tuple[Policy, ...] = ()

    def __bool__(self) -> bool:
        """Return whether any drug is given."""
        return bool(self.segments or self.boluses or self.policies)

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drug forms given, each once."""
        given = {segment.drug for segment in self.segments}
        given |= {bolus.drug for bolus in self.boluses}
        given |= {policy.drug for policy in self.policies}
        return tuple(drug for drug in DRUGS if drug in given)

    @property
    def start_h(self) -> float | None:
        """When the first drug flows; None when none does."""
        starts = [segment.start_h for segment in self.segments]
        starts += [policy.start_h for policy in self.policies]
        return min([*starts, *(bolus.at_h for bolus in self.boluses)], default=None)

    @property
    def end_h(self) -> float | None:
        """When the last drug stops flowing; None when none flows."""
        ends = [segment.end_h for segment in self.segments]
        ends += [policy.end_h for policy in self.policies]
        return max([*ends, *(bolus.at_h for bolus in self.boluses)], default=None)

    def at_most(self) -> Regimen:
        """Return the regimen with every policy replaced by the most it can give."""
        return self._with([piece for policy in self.policies for piece in policy.fastest()])

    def at_least(self) -> Regimen:
        """Return the regimen with every policy replaced by the least it can give."""
        return self._with([piece for policy in self.policies for piece in policy.slowest()])

    def _with(self, pieces: list[Segment]) -> Regimen:
        together = sorted([*self.segments, *pieces], key=lambda segment: segment.start_h)
        return Regimen(segments=tuple(together), boluses=self.boluses)
