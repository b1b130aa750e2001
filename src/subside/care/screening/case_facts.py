"""The facts of a case: what its file says about the person, as the rules ask for it."""

from __future__ import annotations

from typing import Any, Final

from subside.care.facts import Facts, fact_kinds
from subside.care.medicines import medicine_answers
from subside.care.refractory import Refractoriness, Tried, refractoriness
from subside.case import Case
from subside.units import parse_duration_h

__all__ = ["case_answers", "facts_from_case", "prior_treatments"]

H_PER_WEEK: Final = 168.0

#: Fields of the patient that are facts under the same name.
_SAME_NAME: Final = (
    "age_years",
    "sex",
    "weight_kg",
    "height_cm",
    "condition",
    "nrs_pain",
    "pain_months",
    "phq9_total",
    "pcl5_total",
    "audit_c_total",
    "stop_bang_total",
    "asa_class",
    "sbp_mmhg",
    "dbp_mmhg",
    "spo2_percent",
)


def facts_from_case(case: Case, **more: object) -> Facts:
    """Return what a case says about its person, for screening and the start gate.

    Args:
        case: What is not written in it is unknown.
        more: Answers beyond the case, or instead of it.

    A case is about infusions: its route is intravenous and not at home. A list of medicines or earlier
    treatments that was left out is unknown; an empty list is an answer.
    """
    return Facts.of({**case_answers(case), **more})


def case_answers(case: Case) -> dict[str, object]:
    """Return the answers of a case by fact name."""
    patient = case.patient
    kinds = fact_kinds()
    answers: dict[str, object] = {name: getattr(patient, name, None) for name in _SAME_NAME}
    answers["ketamine_route"] = "intravenous"
    answers["given_at_home"] = False
    answers.update({key: answer for key, answer in patient.history.items() if key in kinds})
    answers["alt_times_uln"] = _alt(patient.labs)
    answers["egfr_ml_per_min"] = patient.labs.egfr_ml_per_min
    answers["tsh_miu_per_l"] = patient.labs.tsh_miu_per_l
    answers["baseline_oxygen_l_per_min"] = patient.oxygen_l_per_min
    answers.update(medicine_answers(_medicine_names(case)))
    answers["refractory"] = prior_treatments(case).refractory
    answers.update(case.answers)
    return answers


def prior_treatments(case: Case) -> Refractoriness:
    """Return what the earlier treatments of a case amount to."""
    patient = case.patient
    if "prior_treatments" not in patient.model_fields_set:
        return refractoriness(None)
    return refractoriness(
        Tried(
            name=entry.name or entry.kind,
            weeks=None if entry.duration is None else parse_duration_h(entry.duration) / H_PER_WEEK,
            stopped_for=entry.stopped_for or "",
            dose=entry.dose or "",
        )
        for entry in patient.prior_treatments
    )


def _medicine_names(case: Case) -> list[str] | None:
    """Return every medicine that is taken, the plan's other drugs too; None when no list is written."""
    patient = case.patient
    if "medicines" not in patient.model_fields_set:
        return None
    names = [medicine.name for medicine in patient.medicines]
    return names + [t.name for t in case.treatments if t.kind == "drug"]


def _alt(labs: Any) -> float | None:
    """Return ALT as a multiple of the laboratory's own limit; None without either."""
    value, limit = labs.alt_u_per_l, labs.alt_upper_limit_u_per_l
    return None if value is None or limit is None else float(value) / float(limit)
