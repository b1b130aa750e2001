"""The order of a case as facts: highest rate, largest bolus, total and length of one infusion."""

from __future__ import annotations

from typing import Any, Final

from subside.care.facts import Facts
from subside.care.screening.case_facts import case_answers
from subside.case import Case, Infusion, Regimen
from subside.errors import ParameterError
from subside.units import parse_dose, parse_rate

__all__ = ["facts_from_order"]

H_PER_YEAR: Final = 8766.0
_S_PER_H: Final = 3600.0


def facts_from_order(case: Case, **more: object) -> Facts:
    """Return what a case says about its order, with all that screening knows.

    Args:
        case: With at least one infusion.
        more: Answers beyond the case, or instead of it.

    Raises:
        ParameterError: If the case has no infusion.
    """
    if not case.infusions:
        raise ParameterError(
            "case must have at least one infusion to be checked; got none. "
            "Add an [[infusion]], or use subside screen for the person alone."
        )
    answers = case_answers(case)
    most = case.regimen().at_most()
    drugs = most.drugs
    answers.update(
        drug=drugs[0] if len(drugs) == 1 else None,
        rate_mg_per_h=_peak(most),
        start_rate_mg_per_h=_first_rate(most),
        weight_based=_per_kg(case),
        weight_unit="kg",
        **_bolus(case),
        **_longest(case, most),
    )
    if answers.get("prior_ketamine") in ("no", False):
        sessions = sum(1 for i in case.infusions for start in i.starts_h if start < H_PER_YEAR)
        answers.update(earlier_infusions=0, infusions_12_months=sessions)
    answers.update(case.answers)
    return Facts.of({**answers, **more})


def _peak(regimen: Regimen) -> float:
    return max((segment.mg_per_h for segment in regimen.segments), default=0.0)


def _first_rate(regimen: Regimen) -> float:
    first = min(regimen.segments, key=lambda segment: segment.start_h, default=None)
    return 0.0 if first is None else first.mg_per_h


def _bolus(case: Case) -> dict[str, Any]:
    """Return the largest bolus and how long it takes; 0 mg when there is none."""
    weight = case.patient.weight_kg
    boluses = [
        (parse_dose(infusion.bolus.dose).for_weight(weight), infusion.bolus.over_h * _S_PER_H)
        for infusion in case.infusions
        if infusion.bolus is not None
    ]
    mg, over_s = max(boluses, default=(0.0, None))
    return {"bolus_mg": mg, "bolus_over_s": over_s}


def _longest(case: Case, regimen: Regimen) -> dict[str, float]:
    """Return the largest total and the greatest length of one session."""
    totals, hours = [0.0], [0.0]
    for infusion in case.infusions:
        for start in infusion.starts_h:
            end = start + infusion.length_h
            given = sum(
                segment.mg_per_h * max(0.0, min(end, segment.end_h) - max(start, segment.start_h))
                for segment in regimen.segments
            )
            given += sum(bolus.mg for bolus in regimen.boluses if start <= bolus.at_h <= end)
            totals.append(given)
            hours.append(infusion.length_h)
    return {"total_mg": max(totals), "infusion_hours": max(hours)}


def _per_kg(case: Case) -> bool:
    """Return whether any rate or dose of the order is per kg of body weight."""
    return any(
        parse_rate(text, concentration=infusion.concentration).per_kg
        for infusion in case.infusions
        for text in _rates(infusion)
    ) or any(parse_dose(text).per_kg for infusion in case.infusions for text in _doses(infusion))


def _rates(infusion: Infusion) -> list[str]:
    rates = [text for s in infusion.steps for text in (s.rate, s.from_rate, s.to_rate) if text]
    if infusion.policy is not None:
        rates += [infusion.policy.start_rate, infusion.policy.step, infusion.policy.ceiling]
    return rates


def _doses(infusion: Infusion) -> list[str]:
    doses = [step.dose for step in infusion.steps if step.dose]
    return doses if infusion.bolus is None else [*doses, infusion.bolus.dose]
