"""The default grid of times, and the horizon of a case."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from subside.case import Case

FOLLOW_UP_D = 90.0
H_PER_D = 24.0
AFTER_VISIT_H = (1 / 12, 1 / 6, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
WITHIN_VISIT_H = (1 / 12, 1 / 6, 0.25, 1 / 3, 0.5, 2 / 3, 0.75)
POINTS_WITHIN = 24


def default_times_h(case: Case) -> NDArray[np.float64]:
    """Return the times at which a case is answered when none are asked for, in h.

    A day before, or from the injury on, if the case has one; each infusion from its start in minutes,
    then evenly; its end and the hours after;
    daily for two weeks after the last, then twice a week; the days 7, 14, 28, 56, 84 and the end of
    follow-up (as the case says, else 90 days).
    """
    spans = visit_spans(case)
    end = horizon_h(case)
    times = {-H_PER_D, 0.0, end, *(H_PER_D * d for d in (1, 2, 3, 7, 14, 28, 56, 84) if H_PER_D * d <= end)}
    for start, stop in spans:
        length = stop - start
        times.update(start + t for t in WITHIN_VISIT_H if t < length)
        times.update(np.linspace(start, stop, POINTS_WITHIN + 1).tolist())
        times.update(stop + t for t in AFTER_VISIT_H)
    last = max((stop for _, stop in spans), default=0.0)
    day = np.ceil(last / H_PER_D)
    times.update((H_PER_D * np.arange(max(day - 14, 0), day + 15)).tolist())
    times.update((H_PER_D * np.arange(day + 15, end / H_PER_D, 3.5)).tolist())
    first = -H_PER_D
    if case.injury is not None:  # nothing is simulated before it
        first = case.injury.at_h
        times.update(first + H_PER_D * d for d in (0, 1, 3, 7, 14, 28))
    whole_seconds = {round(t * 3600) for t in times if first <= t <= end}
    return np.array(sorted(whole_seconds), dtype=np.float64) / 3600.0


def horizon_h(case: Case) -> float:
    """Return the end of follow-up in h: as written in the case, else 90 days, never before the last dose."""
    spans = visit_spans(case)
    last = max((stop for _, stop in spans), default=0.0)
    written = case.end_h if case.follow_up else FOLLOW_UP_D * H_PER_D
    return max(written, last + H_PER_D)


def visit_spans(case: Case) -> list[tuple[float, float]]:
    """Return start and end of each infusion, in h; pieces that touch are one."""
    regimen = case.regimen()
    raw = [(s.start_h, s.end_h) for s in regimen.segments]
    raw += [(p.start_h, p.end_h) for p in regimen.policies]
    raw += [(b.at_h, b.at_h) for b in regimen.boluses]
    spans: list[tuple[float, float]] = []
    for start, stop in sorted(raw):
        if spans and start <= spans[-1][1] + 1e-9:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        else:
            spans.append((start, stop))
    return spans
