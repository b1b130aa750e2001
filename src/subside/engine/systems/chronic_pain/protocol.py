"""What happens to people as the loop reads it, step by step.

Rates and boluses of ketamine and of opioids, visits, injuries, decisions of policies, and the levels of
other treatments, which are even within a step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.case import Regimen
from subside.engine.drugs.others import Others
from subside.engine.systems.chronic_pain.clock import SECONDS_PER_H, Clock, clock, seconds
from subside.engine.systems.chronic_pain.layout import (
    BOLUS_ROWS,
    INPUT_OPIOID,
    INPUT_S,
    N_INPUTS,
    POLICY_FIELDS,
    RELIEF,
)

S_SHARE = {"esketamine": 1.0, "racemic_ketamine": 0.5}
SAME_VISIT_H = 4.0  # a pause shorter than this is part of one visit
LEVEL_STEP = 1e-3  # of other treatments: finer differences are not followed


@dataclass(frozen=True, kw_only=True, eq=False)
class Protocol:
    """Everything that happens to all patients of a run, aligned with the steps of its clock.

    Attributes:
        clock: The steps.
        dose_mg_per_h: Planned rates of S- and R-ketamine and of opioids. Shape ``(step, N_INPUTS)``.
        bolus_mg: Given at the start of a step, to ``layout.BOLUS_ROWS``. Shape ``(step, row)``.
        visit: 1 where a visit starts (expectation is renewed). Shape ``(step,)``.
        injury: 1 where an injury happens. Shape ``(step,)``.
        midazolam: Share of a full active placebo on board. Shape ``(step,)``.
        levels: Of other treatments, 0 to 1, in the order of ``layout.RELIEF``. Shape ``(step, 4)``.
        policy: Titration policy in force, or -1. Shape ``(step,)``.
        decide: 1 where the policy in force decides, 2 where it starts. Shape ``(step,)``.
        policies: One row a policy, columns ``POLICY_FIELDS``. Shape ``(policy, field)``.
        racemic: Whether any R-ketamine is given.
    """

    clock: Clock
    dose_mg_per_h: NDArray[np.float64]
    bolus_mg: NDArray[np.float64]
    visit: NDArray[np.int64]
    injury: NDArray[np.int64]
    midazolam: NDArray[np.float64]
    levels: NDArray[np.float64]
    policy: NDArray[np.int64]
    decide: NDArray[np.int64]
    policies: NDArray[np.float64]
    racemic: bool


def protocol(
    regimen: Regimen,
    times_h: NDArray[np.float64],
    *,
    drug: bool = True,
    visits: bool = True,
    visits_h: Sequence[float] = (),
    active_placebo: bool = False,
    others: Others | None = None,
    injuries_h: Sequence[float] = (),
    refine: int = 1,
) -> Protocol:
    """Return the protocol of one arm.

    Args:
        regimen: The case's regimen.
        times_h: Output times in h.
        drug: Give the ketamine; False for placebo and no treatment.
        visits: Patients come and expect something; False for no treatment.
        visits_h: When they come apart from infusions, in h.
        active_placebo: Midazolam runs whenever the regimen would infuse.
        others: What is given beside ketamine.
        injuries_h: When an injury happens, in h.
        refine: See ``clock``.
    """
    spans = [(seconds(s.start_h), seconds(s.end_h)) for s in regimen.segments]
    spans += [(seconds(p.start_h), seconds(p.end_h)) for p in regimen.policies]
    spans += [(seconds(b.at_h), seconds(b.at_h)) for b in regimen.boluses]
    infused = tuple(spans)
    decisions = [
        (index, seconds(hour))
        for index, p in enumerate(regimen.policies)
        for hour in (p.start_h, *p.decisions_h)
    ]
    beside = others or Others()
    seen = [(seconds(hour), seconds(hour)) for hour in visits_h]
    starts = visit_starts([*spans, *seen]) if visits else []
    changes = [t for span in spans for t in span] + [t for _, t in decisions] + starts
    changes += [seconds(t) for t in (*beside.changes_h(), *injuries_h)]
    spans += [(seconds(a), seconds(b)) for course in beside.opioids for a, b, _ in course.segments]
    begin = min((seconds(t) for t in injuries_h), default=0)
    steps = clock(
        changes, [seconds(float(t)) for t in times_h], dosing_s=spans, begin_s=begin, refine=refine
    )
    n = len(steps.size_s)
    begins, ends = steps.begins_s, steps.begins_s + steps.size_s
    dose = np.zeros((n, N_INPUTS))
    bolus = np.zeros((n, len(BOLUS_ROWS)))
    policy = np.full(n, -1, dtype=np.int64)
    decide = np.zeros(n, dtype=np.int64)
    midazolam = np.zeros(n)
    if drug:
        for segment in regimen.segments:
            inside = (begins >= seconds(segment.start_h)) & (ends <= seconds(segment.end_h))
            share = S_SHARE[segment.drug]
            dose[inside, :2] += segment.mg_per_h * np.array([share, 1.0 - share])
        for given in regimen.boluses:
            share = S_SHARE[given.drug]
            at = np.searchsorted(begins, seconds(given.at_h))
            if at < n:
                bolus[at, :2] += given.mg * np.array([share, 1.0 - share])
        for index, rule in enumerate(regimen.policies):
            inside = (begins >= seconds(rule.start_h)) & (ends <= seconds(rule.end_h))
            policy[inside] = index
        for index, second in decisions:
            at = np.searchsorted(begins, second)
            if at < n:
                start = seconds(regimen.policies[index].start_h)
                decide[at] = 2 if second == start else 1
    elif active_placebo:
        for first, last in infused:
            midazolam[(begins >= first) & (ends <= last)] = 1.0
    for slot, course in enumerate(beside.opioids):
        for start_h, end_h, mg_per_h in course.segments:
            inside = (begins >= seconds(start_h)) & (ends <= seconds(end_h))
            dose[inside, INPUT_OPIOID - INPUT_S + slot] += mg_per_h
        for column, boluses in ((2 + 2 * slot, course.boluses), (3 + 2 * slot, course.doses)):
            for at_h, mg in boluses:
                at = np.searchsorted(begins, seconds(at_h))
                if at < n and seconds(at_h) >= steps.start_s:
                    bolus[at, column] += mg
    visit = np.isin(begins, starts).astype(np.int64)
    middle_h = (begins + 0.5 * steps.size_s) / SECONDS_PER_H
    levels = np.stack([beside.level(channel, middle_h) for channel in RELIEF], axis=1)
    return Protocol(
        clock=steps,
        dose_mg_per_h=dose,
        bolus_mg=bolus,
        visit=visit,
        injury=np.isin(begins, [seconds(t) for t in injuries_h]).astype(np.int64),
        levels=np.round(levels / LEVEL_STEP) * LEVEL_STEP,
        midazolam=midazolam,
        policy=policy,
        decide=decide,
        policies=_policy_table(regimen),
        racemic=drug and "racemic_ketamine" in regimen.drugs,
    )


def visit_starts(spans: list[tuple[int, int]]) -> list[int]:
    """Return the start of each visit, in s: an infusion after a pause of at least ``SAME_VISIT_H``."""
    starts: list[int] = []
    until = -math.inf
    for first, last in sorted(spans):
        if first - until >= SAME_VISIT_H * SECONDS_PER_H:
            starts.append(first)
        until = max(until, last)
    return starts


def _policy_table(regimen: Regimen) -> NDArray[np.float64]:
    rows = np.full((max(1, len(regimen.policies)), len(POLICY_FIELDS)), np.nan)
    for row, rule in zip(rows, regimen.policies, strict=False):
        for column, name in enumerate(POLICY_FIELDS):
            value: float | None
            if name == "s_share":
                value = S_SHARE[rule.drug]
            elif name.startswith("hold_"):
                value = getattr(rule.hold_if, name.removeprefix("hold_"))
            elif name.startswith("lower_") and name != "lower_step_mg_per_h":
                value = getattr(rule.lower_if, name.removeprefix("lower_"))
            else:
                value = getattr(rule, name)
            row[column] = math.nan if value is None else value
    return rows
