"""A regimen as the loop reads it: rates, boluses, visits and decisions of policies, step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.case import Regimen
from subside.engine.systems.chronic_pain.clock import SECONDS_PER_H, Clock, clock, seconds
from subside.engine.systems.chronic_pain.layout import POLICY_FIELDS

S_SHARE = {"esketamine": 1.0, "racemic_ketamine": 0.5}
SAME_VISIT_H = 4.0  # a pause shorter than this is part of one visit


@dataclass(frozen=True, kw_only=True, eq=False)
class Protocol:
    """Everything that happens to all patients of a run, aligned with the steps of its clock.

    Attributes:
        clock: The steps.
        dose_mg_per_h: Planned rates of S- and R-ketamine. Shape ``(step, 2)``.
        bolus_mg: Given at the start of a step, S- and R-ketamine. Shape ``(step, 2)``.
        visit: 1 where a visit starts (expectation is renewed). Shape ``(step,)``.
        midazolam: Share of a full active placebo on board. Shape ``(step,)``.
        policy: Titration policy in force, or -1. Shape ``(step,)``.
        decide: 1 where the policy in force decides, 2 where it starts. Shape ``(step,)``.
        policies: One row a policy, columns ``POLICY_FIELDS``. Shape ``(policy, field)``.
        racemic: Whether any R-ketamine is given.
    """

    clock: Clock
    dose_mg_per_h: NDArray[np.float64]
    bolus_mg: NDArray[np.float64]
    visit: NDArray[np.int64]
    midazolam: NDArray[np.float64]
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
        refine: See ``clock``.
    """
    spans = [(seconds(s.start_h), seconds(s.end_h)) for s in regimen.segments]
    spans += [(seconds(p.start_h), seconds(p.end_h)) for p in regimen.policies]
    spans += [(seconds(b.at_h), seconds(b.at_h)) for b in regimen.boluses]
    decisions = [
        (index, seconds(hour))
        for index, p in enumerate(regimen.policies)
        for hour in (p.start_h, *p.decisions_h)
    ]
    seen = [(seconds(hour), seconds(hour)) for hour in visits_h]
    starts = visit_starts([*spans, *seen]) if visits else []
    changes = [t for span in spans for t in span] + [t for _, t in decisions] + starts
    steps = clock(changes, [seconds(float(t)) for t in times_h], dosing_s=spans, refine=refine)
    n = len(steps.size_s)
    begins, ends = steps.begins_s, steps.begins_s + steps.size_s
    dose = np.zeros((n, 2))
    bolus = np.zeros((n, 2))
    policy = np.full(n, -1, dtype=np.int64)
    decide = np.zeros(n, dtype=np.int64)
    midazolam = np.zeros(n)
    if drug:
        for segment in regimen.segments:
            inside = (begins >= seconds(segment.start_h)) & (ends <= seconds(segment.end_h))
            share = S_SHARE[segment.drug]
            dose[inside] += segment.mg_per_h * np.array([share, 1.0 - share])
        for given in regimen.boluses:
            share = S_SHARE[given.drug]
            at = np.searchsorted(begins, seconds(given.at_h))
            if at < n:
                bolus[at] += given.mg * np.array([share, 1.0 - share])
        for index, rule in enumerate(regimen.policies):
            inside = (begins >= seconds(rule.start_h)) & (ends <= seconds(rule.end_h))
            policy[inside] = index
        for index, second in decisions:
            at = np.searchsorted(begins, second)
            if at < n:
                start = seconds(regimen.policies[index].start_h)
                decide[at] = 2 if second == start else 1
    elif active_placebo:
        for first, last in spans:
            midazolam[(begins >= first) & (ends <= last)] = 1.0
    visit = np.isin(begins, starts).astype(np.int64)
    return Protocol(
        clock=steps,
        dose_mg_per_h=dose,
        bolus_mg=bolus,
        visit=visit,
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
