"""What was observed: the records with visits missed and people gone, and the contrasts they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.trial.ancova import Contrast, ancova, crossover, log_rank, shares
from subside.trial.attrition import observed
from subside.trial.enrollment import Enrolled
from subside.trial.plan import EVENTS, Endpoint, TrialPlan
from subside.trial.treating import Records

__all__ = ["Observed", "compared", "is_share", "observe", "outcome", "responded"]

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Observed:
    """Records as the trial has them; axes as in ``Records``, periods first.

    Attributes:
        arm: Place of the arm. Shape ``(period, repetition, person)``.
        start: By score. Shape as ``arm``.
        at: By outcome; NaN where not observed. Shape as ``arm`` and ``visit``.
        events: By adverse event; those who left had theirs before. Shape as ``arm``.
        stays: Visits before leaving, all periods counted through. Shape ``(repetition, person)``.
        relapse_h, relapsed: With those gone censored at their last check. Shape as ``stays``.
        stratum: Shape as ``stays``.
    """

    arm: NDArray[np.int64]
    start: Mapping[str, Array]
    at: Mapping[str, Array]
    events: Mapping[str, Bools]
    stays: NDArray[np.int64]
    relapse_h: Array
    relapsed: Bools
    stratum: NDArray[np.int64]

    def first(self, size: int) -> Observed:
        """Return the trial with the first people of each repetition alone."""
        return Observed(
            arm=self.arm[:, :, :size],
            start={name: values[:, :, :size] for name, values in self.start.items()},
            at={name: values[:, :, :size] for name, values in self.at.items()},
            events={name: had[:, :, :size] for name, had in self.events.items()},
            stays=self.stays[:, :size],
            relapse_h=self.relapse_h[:, :size],
            relapsed=self.relapsed[:, :size],
            stratum=self.stratum[:, :size],
        )

    def one(self, repetition: int) -> Observed:
        """Return one repetition alone, its axis kept."""
        r = slice(repetition, repetition + 1)
        return Observed(
            arm=self.arm[:, r],
            start={name: values[:, r] for name, values in self.start.items()},
            at={name: values[:, r] for name, values in self.at.items()},
            events={name: had[:, r] for name, had in self.events.items()},
            stays=self.stays[r],
            relapse_h=self.relapse_h[r],
            relapsed=self.relapsed[r],
            stratum=self.stratum[r],
        )


def observe(plan: TrialPlan, enrolled: Enrolled, records: Records, *, seed: int) -> Observed:
    """Return what the trial has of its records."""
    periods, repetitions, size = records.arm.shape
    count = len(plan.visits.at)
    pain = records.at["nrs_pain"].transpose(1, 2, 0, 3).reshape(repetitions * size, periods * count)
    start = records.start["nrs_pain"][0].ravel()
    seen, stays = observed(
        plan.missing, pain, start, people=enrolled.people.numbers,
        study=f"{seed}/{plan.key}/trial",
    )  # fmt: skip
    shown = seen.reshape(repetitions, size, periods, count).transpose(2, 0, 1, 3)
    stays = stays.reshape(repetitions, size)
    # Who leaves is followed for relapse to the last visit before.
    ends = np.array([0.0, *plan.visits.at_h])[np.minimum(stays, count)]
    offset = max(records_end(plan), 0.0)
    left = stays < count
    cut = left & (records.relapse_h + offset > ends)
    return Observed(
        arm=records.arm,
        start=records.start,
        at={name: np.where(shown, values, np.nan) for name, values in records.at.items()},
        events=records.events,
        stays=stays,
        relapse_h=np.where(cut, np.maximum(ends - offset, 0.0), records.relapse_h),
        relapsed=records.relapsed & ~cut,
        stratum=enrolled.stratum,
    )


def records_end(plan: TrialPlan) -> float:
    """Return the end of the last infusion of the arms, in h."""
    ends = [i.starts_h[-1] + i.length_h for arm in plan.arms for i in arm.given_infusions]
    return max(ends, default=0.0)


def outcome(endpoint: Endpoint, values: Array, start: Array) -> Array:
    """Return an outcome as an endpoint looks at it; shares as 1 and 0, not observed as NaN."""
    if endpoint.as_ == "change":
        return values - start
    if endpoint.as_ == "percent_change":
        with np.errstate(divide="ignore", invalid="ignore"):
            change = 100.0 * (values / start - 1.0)
        return np.where(start > 0.0, change, np.nan)
    if endpoint.as_.startswith("responders_"):
        fall = float(endpoint.as_.removeprefix("responders_")) / 100.0
        return np.where(np.isfinite(values), responded(values, start, fall), np.nan)
    return values


def is_share(endpoint: Endpoint) -> bool:
    """Return whether an endpoint is a share of people."""
    return endpoint.as_ == "share" or endpoint.as_.startswith("responders_")


def responded(values: Array, start: Array, fall: float) -> Bools:
    """Return whose value fell by at least this share; who is not observed has not responded."""
    with np.errstate(invalid="ignore"):
        return np.asarray((values <= (1.0 - fall) * start) & (start > 0.0))


def compared(plan: TrialPlan, data: Observed, endpoint: Endpoint, *, of: int) -> Contrast:
    """Return an arm against the control in one endpoint, repetition by repetition."""
    control, level = plan.control, plan.analysis.level
    if endpoint.what == "relapse":
        return log_rank(data.relapse_h, data.relapsed, data.arm[0], of=of, control=control, level=level)
    if endpoint.what in EVENTS:
        y = data.events[endpoint.what].astype(np.float64)
        start = np.zeros_like(y)
    else:
        visit = plan.visits.at_h.index(endpoint.at_h or 0.0)
        start = data.start[endpoint.what]
        y = outcome(endpoint, data.at[endpoint.what][..., visit], start)
    if plan.design.kind == "crossover":
        first = data.arm[0] == of
        treated, other = (np.where(first, y[0], y[1]), np.where(first, y[1], y[0]))
        before = np.where(first, start[0] - start[1], start[1] - start[0])
        return crossover(treated - other, before, first, level=level)
    if is_share(endpoint):
        return shares(np.nan_to_num(y[0]) > 0.5, data.arm[0], of=of, control=control, level=level)
    covariates = [start[0], *_strata(data.stratum)]
    return ancova(y[0], covariates, data.arm[0], of=of, control=control, level=level)


def _strata(stratum: NDArray[np.int64]) -> list[Array]:
    """Return one column a stratum beyond the first."""
    return [(stratum == s).astype(np.float64) for s in np.unique(stratum)[1:]]
