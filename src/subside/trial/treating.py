"""Every arm of every repetition treated with the whole model: what each person's visits would show.

One repetition of a trial draws its parameters, its clinic and its structure once; its people differ on
top. A blind that dissociation breaks: during the first infusion each person feels a drug with the
chance that the model gives, believes accordingly, and expects more or less from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, Patient
from subside.engine.arms import Arm, Kind, home_visits_h
from subside.engine.group import Group, Samples, gather, prepare, read_out, treat
from subside.engine.kernel.random import uniforms
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.draws import PARTS
from subside.engine.population.people import with_expectation
from subside.engine.population.virtual import Population
from subside.engine.systems.chronic_pain.layout import N_LINEAR
from subside.engine.systems.chronic_pain.solve import solve
from subside.engine.times import visit_spans
from subside.errors import ParameterError
from subside.evidence import value
from subside.trial.enrollment import Enrolled
from subside.trial.measures import Schedule, baseline, events, relapse, schedule, visits
from subside.trial.plan import EVENTS, SCORES, ArmPlan, TrialPlan
from subside.units import H_PER_DAY

__all__ = ["NULL", "Records", "arm_of", "treated"]

Array = NDArray[np.float64]
PEOPLE_AT_ONCE = 4000  # full curves of a chunk stay near 100 MB
#: A drug without effect on pain or mood; what is felt of it stays.
NULL = dict.fromkeys(
    (
        "k_dep_per_h", "acute_emax", "signal_emax", "nsaid_share", "gabapentinoid_share", "tricyclic_share",
        "therapy_share", "opioid_emax",
    ),
    0.0,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Records:
    """What would be written down if no visit were missed; first axes ``(period, repetition, person)``.

    Attributes:
        arm: Place of the arm. Shape ``(period, repetition, person)``.
        start: By score, before the period. Shape as ``arm``.
        at: By outcome, at each visit. Shape as ``arm`` and ``visit``.
        events: By adverse event. Shape as ``arm``.
        believes: Who believes to have the drug. Shape as ``arm``.
        relapse_h, relapsed: When relief was lost, and whether; of the first period.
    """

    arm: NDArray[np.int64]
    start: Mapping[str, Array]
    at: Mapping[str, Array]
    events: Mapping[str, NDArray[np.bool_]]
    believes: NDArray[np.bool_]
    relapse_h: Array
    relapsed: NDArray[np.bool_]


def treated(
    plan: TrialPlan,
    enrolled: Enrolled,
    beliefs: Beliefs,
    *,
    seed: int,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Records:
    """Return the records of everyone in every repetition."""
    repetitions, size = enrolled.arm.shape
    periods = 2 if plan.design.kind == "crossover" else 1
    shape = (periods, repetitions, size)
    arm = np.stack([enrolled.arm, 1 - enrolled.arm]) if periods == 2 else enrolled.arm[None]
    outcomes = [*SCORES, *(["headache_days"] if any(e.what == "headache_days" for e in plan.endpoints) else [])]
    count = len(plan.visits.at)
    records = Records(
        arm=arm,
        start={name: np.full(shape, np.nan) for name in outcomes},
        at={name: np.full((*shape, count), np.nan) for name in outcomes},
        events={name: np.zeros(shape, dtype=bool) for name in EVENTS},
        believes=np.zeros(shape, dtype=bool),
        relapse_h=np.full(shape[1:], np.nan),
        relapsed=np.zeros(shape[1:], dtype=bool),
    )
    flat_arm = enrolled.arm.ravel()
    trial = np.repeat(np.arange(repetitions), size)
    chunk = max(1, PEOPLE_AT_ONCE // size) * size
    total = len(flat_arm)
    for first in range(0, total, chunk):
        rows = np.arange(first, min(first + chunk, total))
        words = enrolled.people.words["condition"][rows]
        for condition in np.unique(words):
            some = rows[words == condition]
            _treat(plan, enrolled.people.take(some), str(condition), trial[some], flat_arm[some], some,
                   records, beliefs, seed, threads)  # fmt: skip
        if progress is not None:
            progress((rows[-1] + 1) / total)
    return records


def arm_of(plan: TrialPlan, arm: ArmPlan, condition: str) -> Arm:
    """Return an arm as the engine reads it, for someone of the reference weight and this condition."""
    options = dict(plan.options)
    if plan.blinding.breach != "none":
        options["unblinding"] = "off"  # said person by person here
    case = Case(
        title=arm.words,
        patient=Patient(age_years=45, weight_kg=70, condition=condition),
        infusion=plan.infusions_of(arm),
        treatment=(*plan.treatments, *arm.given_treatments),
        follow_up=plan.visits.at[-1],
        options=options,
    )
    kind: Kind = arm.kind
    at_home: tuple[float, ...] = ()
    if not case.infusions:  # taken at home: people are seen at its start and every four weeks
        like = plan.liked(arm) or arm
        at_home = home_visits_h(case.model_copy(update={"treatments": (*plan.treatments, *like.given_treatments)}))
        kind = "other" if kind == "drug" else kind
    therapy = any(t.kind == "therapy" for t in arm.given_treatments)
    return Arm(
        name=arm.name,
        title=arm.words,
        case=case,
        kind=kind,
        visits_h=at_home,
        options=MappingProxyType({"therapy": "on"} if therapy else {}),
    )


def _treat(
    plan: TrialPlan,
    people: Population,
    condition: str,
    trial: NDArray[np.int64],
    first_arm: NDArray[np.int64],
    rows: NDArray[np.int64],
    records: Records,
    beliefs: Beliefs,
    seed: int,
    threads: int | None,
) -> None:
    """Treat some people of one condition and write down what they show."""
    vary = PARTS if plan.power.truth == "uncertain" else ("patient",)
    arms = [arm_of(plan, arm, condition) for arm in plan.arms]
    plain = arms[0].case.model_copy(update={"infusions": (), "treatments": ()})
    group = gather(
        plain, beliefs, len(people), seed=seed, vary=vary, numbers=people.numbers, trials=trial,
        described=people.described(),
    )  # fmt: skip
    for place in np.unique(first_arm):
        inside = np.flatnonzero(first_arm == place)
        some, at = group.take(inside), rows[inside]
        states: Array | None = None
        offset = 0.0
        for period in range(len(records.arm)):
            which = int(place) if period == 0 else 1 - int(place)
            s = schedule(plan, visit_spans(arms[which].case))
            # The next period begins with its first baseline rating.
            length = plan.visits.at_h[-1] + plan.design.washout_h
            lead = H_PER_DAY * (plan.visits.days_before - 1)
            after = length - lead if period + 1 < len(records.arm) else None
            factor, believes = _expecting(plan, which, arms[which], some, s, seed, threads)
            samples, states = _course(
                plan, which, arms[which], some, s, states, offset, after, factor, threads
            )
            if believes is None:
                early = _early(s, arms[which])
                believes = _believes(plan, which, some, samples["p_psychomimetic"][:, early], seed)
            _write(plan, which, records, period, at, s, samples, believes, some, seed)
            offset += length


def _course(
    plan: TrialPlan,
    which: int,
    arm: Arm,
    group: Group,
    s: Schedule,
    states: Array | None,
    offset_h: float,
    after_h: float | None,
    factor: Array,
    threads: int | None,
) -> tuple[Samples, Array | None]:
    """Return the curves of one period and, where another follows, the slow states at its start."""
    times = s.times_h if after_h is None else np.unique(np.append(s.times_h, after_h))
    adjust = NULL if plan.arms[which].effect == "null" else None
    system, protocol = prepare(group, arm, times, adjust=adjust)
    system = with_expectation(system, factor)
    if states is not None:
        # The drug is gone after the washout; what it changed slowly goes on from where it was.
        system = replace(system, start=states)
    solution = solve(system, protocol, keep_states=after_h is not None, threads=threads)
    samples = read_out(group, arm, solution, offset_h=offset_h)
    if after_h is None:
        return samples, None
    assert solution.states is not None
    return samples, solution.states[:, int(np.searchsorted(times, after_h)), N_LINEAR:].copy()


def _expecting(
    plan: TrialPlan,
    which: int,
    arm: Arm,
    group: Group,
    s: Schedule,
    seed: int,
    threads: int | None,
) -> tuple[Array, NDArray[np.bool_] | None]:
    """Return the factor on each person's expectation, and who believes to have the drug.

    Where belief changes nothing it is left to what is felt in the course itself: None.
    """
    own = plan.arms[which]
    factor = np.full(len(group), own.expectation)
    gain = group.draws.values["unblinding_gain"]
    if arm.kind == "none":
        return factor, np.zeros(len(group), dtype=bool)
    if plan.blinding.kind == "open":
        believes = np.full(len(group), arm.kind in ("drug", "other"))
    elif plan.blinding.breach == "none":
        return factor, None
    else:
        early = s.times_h[_early(s, arm)]
        adjust = NULL if own.effect == "null" else None
        felt = treat(group, arm, early, threads=threads, adjust=adjust) if len(early) else None
        believes = _believes(plan, which, group, None if felt is None else felt["p_psychomimetic"], seed)
    return factor * np.where(believes, 1.0 + gain, np.maximum(1.0 - gain, 0.0)), believes


def _early(s: Schedule, arm: Arm) -> list[int]:
    """Return the indices of the times during the first infusion."""
    spans = visit_spans(arm.case)
    return [i for i in s.during if s.times_h[i] <= spans[0][1] + 0.5] if spans else []


def _believes(
    plan: TrialPlan, which: int, group: Group, chance: NDArray[np.floating] | None, seed: int
) -> NDArray[np.bool_]:
    """Return who believes to have the drug: who feels one. ``chance``: of feeling it, by time."""
    own = plan.arms[which]
    other = own.feels_like_drug
    if other is None:
        midazolam = own.kind == "active-placebo"
        other = value("trial_assumptions.midazolam_felt", unit="% of people") / 100.0 if midazolam else 0.0
    felt = np.zeros(len(group)) if chance is None or chance.shape[1] == 0 else chance.max(axis=1)
    u = _feelings(plan, which, group, seed)
    return np.asarray((u[:, 0] < felt) | (u[:, 1] < other))


def _feelings(plan: TrialPlan, which: int, group: Group, seed: int) -> Array:
    """Return two uniform numbers a person: for what the drug lets them feel, and for what else they feel."""
    return uniforms(f"{seed}/{plan.key}/trial", group.draws.people, f"feels {plan.arms[which].name}", 2)


def _write(
    plan: TrialPlan,
    which: int,
    records: Records,
    period: int,
    at: NDArray[np.int64],
    s: Schedule,
    samples: Samples,
    believes: NDArray[np.bool_],
    group: Group,
    seed: int,
) -> None:
    """Put what these people show into the records, at their places."""
    size = records.arm.shape[2]
    index = (period, at // size, at % size)
    start = baseline(s, samples)
    at_visits = visits(s, samples)
    for name in records.at:
        if name not in at_visits:
            raise ParameterError(
                f"headache days must be asked of conditions whose headache days are counted; got people with "
                f"another condition in '{plan.title}'. Recruit people with chronic migraine."
            )
        records.start[name][index] = start[name]
        records.at[name][index] = at_visits[name]
    # Who felt unreal believes to have had the drug: one number for both.
    felt = _feelings(plan, which, group, seed)[:, :1]
    other = uniforms(f"{seed}/{plan.key}/trial", group.draws.people, f"events {period}", 2)
    u = np.concatenate([felt, other], axis=1)
    for name, happened in events(s, samples, u).items():
        records.events[name][index] = happened
    records.believes[index] = believes
    if s.checks and period == 0:
        when, lost = relapse(plan, s, samples, start["nrs_pain"])
        records.relapse_h[index[1:]], records.relapsed[index[1:]] = when, lost
