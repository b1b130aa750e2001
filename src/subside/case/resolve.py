"""From infusions as prescribed to the regimen of one patient; overlaps are found here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from subside.case.fitting import policy_order_flaws, rate_of
from subside.case.infusion import Infusion, Step, TitrationPlan
from subside.case.quantities import Flaw
from subside.case.regimen import Bolus, Policy, Regimen, Segment
from subside.units import parse_dose, show_duration

__all__ = ["overlap_flaws", "resolve", "weight_flaws"]

#: Two events closer than this touch: sums of durations such as 3 x 20 min carry rounding.
TOUCH_H: Final = 1e-8

_MAX_PIECES: Final = 50_000


def resolve(infusions: Sequence[Infusion], *, weight_kg: float) -> Regimen:
    """Return what the infusions give to a patient of this weight, in order of time.

    The infusions must not overlap (see ``overlap_flaws``). Steps with a rate of 0 are pauses and
    leave no segment.
    """
    segments: list[Segment] = []
    boluses: list[Bolus] = []
    policies: list[Policy] = []
    for infusion in infusions:
        pieces = tuple(_pieces(infusion, weight_kg))
        for start_h in infusion.starts_h:
            for piece in pieces:
                if isinstance(piece, Bolus):
                    boluses.append(replace(piece, at_h=start_h + piece.at_h))
                elif isinstance(piece, Segment):
                    segments.append(_moved(piece, start_h))
                else:
                    policies.append(
                        replace(piece, start_h=start_h + piece.start_h, end_h=start_h + piece.end_h)
                    )
    segments.sort(key=lambda segment: segment.start_h)
    policies.sort(key=lambda policy: policy.start_h)
    boluses.sort(key=lambda bolus: bolus.at_h)
    starts = sorted([*(s.start_h for s in segments), *(p.start_h for p in policies)])
    return Regimen(
        segments=tuple(replace(s, end_h=_trimmed(s.start_h, s.end_h, starts)) for s in segments),
        boluses=tuple(boluses),
        policies=tuple(replace(p, end_h=_trimmed(p.start_h, p.end_h, starts)) for p in policies),
    )


def _moved(segment: Segment, by_h: float) -> Segment:
    return Segment(
        start_h=by_h + segment.start_h,
        end_h=by_h + segment.end_h,
        drug=segment.drug,
        mg_per_h=segment.mg_per_h,
    )


def _trimmed(start_h: float, end_h: float, starts: Sequence[float]) -> float:
    """Return the end, moved by rounding only, so that it does not pass the next start."""
    k = bisect_right(starts, start_h)
    if k < len(starts) and starts[k] < end_h and end_h - starts[k] <= TOUCH_H:
        return starts[k]
    return end_h


def _pieces(infusion: Infusion, weight_kg: float) -> Iterator[Bolus | Segment | Policy]:
    """Yield what one session gives, with times from its start."""
    drug, at_h = infusion.drug, 0.0
    if infusion.bolus is not None:
        mg = parse_dose(infusion.bolus.dose).for_weight(weight_kg)
        over_h = infusion.bolus.over_h
        if over_h > 0:
            yield Segment(start_h=0.0, end_h=over_h, drug=drug, mg_per_h=mg / over_h)
        else:
            yield Bolus(at_h=0.0, drug=drug, mg=mg)
        at_h = over_h
    for step in infusion.steps:
        for hours, rate in _stretches(step, infusion.concentration, weight_kg):
            if rate > 0:
                yield Segment(start_h=at_h, end_h=at_h + hours, drug=drug, mg_per_h=rate)
            at_h += hours
    if infusion.policy is not None:
        yield _policy(infusion.policy, infusion, at_h, weight_kg)


def _stretches(step: Step, concentration: str | None, weight_kg: float) -> Iterator[tuple[float, float]]:
    """Yield (hours, mg/h) of a step: one, or as many as a taper has."""
    if step.rate is not None:
        yield step.for_h, rate_of(step.rate, concentration).for_weight(weight_kg)
    elif step.dose is not None:
        yield step.for_h, parse_dose(step.dose).for_weight(weight_kg) / step.for_h
    elif step.from_rate is not None and step.to_rate is not None and step.in_steps is not None:
        first = rate_of(step.from_rate, concentration).for_weight(weight_kg)
        last = rate_of(step.to_rate, concentration).for_weight(weight_kg)
        n = step.in_steps
        for k in range(n):
            share = k / (n - 1)
            yield step.for_h / n, first * (1 - share) + last * share


def _policy(plan: TitrationPlan, infusion: Infusion, at_h: float, weight_kg: float) -> Policy:
    def mg_per_h(text: str) -> float:
        return rate_of(text, infusion.concentration).for_weight(weight_kg)

    return Policy(
        start_h=at_h,
        end_h=at_h + plan.for_h,
        drug=infusion.drug,
        start_mg_per_h=mg_per_h(plan.start_rate),
        step_mg_per_h=mg_per_h(plan.step),
        every_h=plan.every_h,
        ceiling_mg_per_h=mg_per_h(plan.ceiling),
        floor_mg_per_h=mg_per_h(plan.floor),
        lower_step_mg_per_h=mg_per_h(plan.lower_step or plan.step),
        raise_if_pain_above=plan.raise_if_pain_above,
        hold_if=plan.hold_if.limits(),
        lower_if=plan.lower_if.limits(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Session:
    """When one session of one infusion runs; ``place`` is the infusion's number in the file."""

    start_h: float
    end_h: float
    place: int
    drug: str

    @property
    def is_moment(self) -> bool:
        return self.end_h == self.start_h


def overlap_flaws(infusions: Sequence[tuple[int, Infusion]]) -> Iterator[Flaw]:
    """Yield each pair of infusions that overlap in time, once, at the later one.

    Infusions that touch do not overlap. A bolus given at once may fall within another infusion of
    the same drug form, or at its edges; two boluses at the same moment are refused.

    Args:
        infusions: Number in the file (from 0) and infusion; those that could be read.
    """
    sessions: list[_Session] = []
    pieces = 0
    for place, infusion in infusions:
        pieces += len(infusion.starts_h) * _pieces_a_session(infusion)
        if pieces > _MAX_PIECES:
            yield Flaw(
                "infusion",
                place,
                got="too many sessions, steps and decisions",
                accepted=f"at most {_MAX_PIECES} of them in a case",
                remedy="Split the case, or lengthen the time between decisions.",
            )
            return
        length = infusion.length_h
        sessions += [
            _Session(start_h=start, end_h=start + length, place=place, drug=infusion.drug)
            for start in infusion.starts_h
        ]
    sessions.sort(key=lambda s: (s.start_h, s.end_h, s.place))
    told: set[frozenset[int]] = set()
    running: list[_Session] = []
    for session in sessions:
        running = [other for other in running if other.end_h > session.start_h - TOUCH_H]
        for other in running:
            pair = frozenset((other.place, session.place))
            # Sessions of one series that overlap are told at its `every` (fitting.py).
            if len(pair) == 2 and pair not in told and _collide(other, session):
                told.add(pair)
                yield _overlap(other, session)
        running.append(session)


def _pieces_a_session(infusion: Infusion) -> int:
    """Return into how many pieces of constant rate one session falls at most."""
    steps = sum(step.in_steps or 1 for step in infusion.steps)
    plan = infusion.policy
    return 1 + steps + (0 if plan is None else int(plan.for_h / plan.every_h) + 1)


def _collide(earlier: _Session, later: _Session) -> bool:
    if earlier.is_moment and later.is_moment:
        return abs(later.start_h - earlier.start_h) <= TOUCH_H
    if later.is_moment:
        inside = later.start_h < earlier.end_h - TOUCH_H and later.start_h > earlier.start_h + TOUCH_H
        return inside and earlier.drug != later.drug
    if earlier.is_moment:  # sorted first, so it is at the other's very start
        return False
    return min(earlier.end_h, later.end_h) - max(earlier.start_h, later.start_h) > TOUCH_H


def _overlap(earlier: _Session, later: _Session) -> Flaw:
    if earlier.is_moment and later.is_moment:
        got = (
            f"a bolus at {show_duration(later.start_h)}, "
            f"the same moment as infusion[{_other(earlier, later) + 1}]"
        )
        remedy = "Write one bolus with the whole amount."
    else:
        got = (
            f"{'a bolus' if later.is_moment else 'a session'} at {show_duration(later.start_h)} while "
            f"infusion[{_other(earlier, later) + 1}] runs"
        )
        remedy = "Move its start, or write both as steps of one infusion."
        if earlier.drug != later.drug:
            got += f" ({earlier.drug} and {later.drug} at once)"
            remedy = "Move its start; the two drug forms are never given at once."
    return Flaw(
        "infusion",
        max(earlier.place, later.place),
        "start",
        got=got,
        accepted="infusions that do not overlap",
        remedy=remedy,
    )


def _other(earlier: _Session, later: _Session) -> int:
    return min(earlier.place, later.place)


def weight_flaws(infusions: Sequence[tuple[int, Infusion]], *, weight_kg: float) -> Iterator[Flaw]:
    """Yield what only the weight shows: the order of a policy's rates of two kinds."""
    for place, infusion in infusions:
        if infusion.policy is not None:
            for flaw in policy_order_flaws(infusion.policy, infusion.concentration, weight_kg=weight_kg):
                flaw.at = ("infusion", place, *flaw.at)
                yield flaw
