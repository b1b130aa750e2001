"""What can be hoped for beyond placebo, as the pooled trials say; a model's answer is passed in instead."""

from __future__ import annotations

from typing import Final

from subside.care.assessment import Benefit
from subside.evidence import figure

__all__ = ["published_benefit"]

_POOLED: Final = "ferraro_2025.vas_difference_immediate"
#: What the guideline of 2018 says by condition (rules IND-001 to IND-003); all others: grade D.
_GUIDELINE: Final = {
    "complex_regional_pain_syndrome": "moderate, up to 12 weeks (grade B)",
    "spinal_cord_injury_pain": "weak, short term only (grade C, low certainty)",
}
#: Not among the people of the review: no number is given for them.
_NOT_POOLED: Final = (
    "cancer_pain",
    "chronic_migraine",
    "new_daily_persistent_headache",
    "acute_pain",
    "depression",
    "post_traumatic_stress",
    "healthy",
)


def published_benefit(condition: str) -> Benefit | None:
    """Return the pooled difference from placebo of the Cochrane review, beside the guideline's grade.

    Points of 0-10 pain, right after intravenous ketamine in chronic non-cancer, non-headache pain of all
    kinds; None for conditions that the review left out. Nothing here is about later times: the review
    found no clear benefit at any.
    """
    if condition in _NOT_POOLED:
        return None
    pooled = figure(_POOLED)
    if pooled.value is None or pooled.low is None or pooled.high is None:
        return None
    guideline = _GUIDELINE.get(condition, "weak or none, immediate only (grade D, low certainty)")
    return Benefit(
        difference=-pooled.value / 10.0,
        low=-pooled.high / 10.0,
        high=-pooled.low / 10.0,
        at="right after the infusion",
        grade=f"very low certainty (Cochrane 2025); guideline 2018: {guideline}",
        source=pooled.source.citation,
    )
