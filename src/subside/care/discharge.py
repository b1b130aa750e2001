"""The discharge gate: may this person go home now? Scores as pure functions, the gate as rules.

PADSS with pain relative to before (chronic pain does not go to zero), Aldrete, vital signs, escort,
no driving, the call that is booked. Everything unknown keeps the gate shut.
"""

from __future__ import annotations

from typing import Final

from subside.care import rules
from subside.care.assessing import assess
from subside.care.assessment import Assessment
from subside.care.crisis import CrisisContact
from subside.care.facts import Facts
from subside.care.profiles import Profile, load_profile

__all__ = [
    "aldrete_circulation",
    "aldrete_saturation",
    "discharge_gate",
    "padss_pain",
    "padss_vitals",
]

#: Points of pain above baseline that still score 1 (basis: design).
_SOME_MORE_PAIN: Final = 2.0


def discharge_gate(
    facts: Facts, *, profile: Profile | None = None, contact: CrisisContact | None = None
) -> Assessment:
    """Return whether this person may go home now, with every reason why not."""
    return assess(rules.rule_set("discharge"), facts, profile=profile or load_profile(), contact=contact)


def padss_vitals(
    *, baseline_sbp_mmhg: float, now_sbp_mmhg: float, baseline_hr_bpm: float, now_hr_bpm: float
) -> int:
    """Return the vital signs item: 2 within 20 % of before, 1 within 40 %, 0 beyond; the worse counts.

    Source: Chung 1995 (evidence/rules/sources.toml, ``padss``).
    """
    worst = max(
        abs(now_sbp_mmhg - baseline_sbp_mmhg) / baseline_sbp_mmhg,
        abs(now_hr_bpm - baseline_hr_bpm) / baseline_hr_bpm,
    )
    return 2 if worst <= 0.2 else 1 if worst <= 0.4 else 0


def padss_pain(*, baseline_nrs_pain: float, now_nrs_pain: float) -> int:
    """Return the pain item relative to before: 2 no more than before, 1 up to 2 points more, else 0.

    The original asks for little pain; a person with lasting pain would never leave. Basis: design.
    """
    more = now_nrs_pain - baseline_nrs_pain
    return 2 if more <= 0 else 1 if more <= _SOME_MORE_PAIN else 0


def aldrete_circulation(*, baseline_sbp_mmhg: float, now_sbp_mmhg: float) -> int:
    """Return the circulation item: 2 within 20 % of before, 1 within 50 %, 0 beyond."""
    change = abs(now_sbp_mmhg - baseline_sbp_mmhg) / baseline_sbp_mmhg
    return 2 if change <= 0.2 else 1 if change <= 0.5 else 0


def aldrete_saturation(*, now_spo2_percent: float, on_added_oxygen: bool) -> int:
    """Return the oxygen item: 2 above 92 % on air, 1 above 90 % with oxygen, else 0 (Aldrete 1995)."""
    if not on_added_oxygen:
        return 2 if now_spo2_percent > 92 else 1 if now_spo2_percent > 90 else 0
    return 1 if now_spo2_percent > 90 else 0
