"""What the monitor needs to know of a patient, from the case: baseline readings, need of capnography."""

from __future__ import annotations

from typing import Final

from subside.care.facts import Facts
from subside.care.monitoring.threshold import Baseline
from subside.care.screening.case_facts import facts_from_case
from subside.case import Case

__all__ = ["CAPNOGRAPHY_FACTS", "baseline_from_case", "needs_capnography"]

#: Any of these asks for capnography (MON-004), as at the start gate.
CAPNOGRAPHY_FACTS: Final = ("sleep_apnea", "takes_opioid", "takes_other_depressant")


def baseline_from_case(case: Case) -> Baseline:
    """Return the readings before the infusion that a case holds (None: unknown), and the special needs."""
    patient = case.patient
    return Baseline(
        sbp_mmhg=patient.sbp_mmhg,
        dbp_mmhg=patient.dbp_mmhg,
        hr_bpm=patient.hr_bpm,
        spo2_percent=patient.spo2_percent,
        rr_per_min=patient.rr_per_min,
        capnography=needs_capnography(facts_from_case(case)),
    )


def needs_capnography(facts: Facts) -> bool:
    """Return whether this patient needs capnography. Not asked is not no: only a known no spares it."""
    return any(facts[name] is not False for name in CAPNOGRAPHY_FACTS)
