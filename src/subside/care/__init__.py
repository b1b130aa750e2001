"""What should be done: screening, limits, monitoring, discharge, outcomes. Pure functions; no engine.

Rules are data with sources (``subside.evidence``, folder ``rules``); a decision returns its reasons.
Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.care.assessing import assess
    from subside.care.assessment import NOT_A_DEVICE, Assessment, Benefit, Finding, Question, Seen
    from subside.care.benefit import published_benefit
    from subside.care.crisis import CrisisContact, UrgentPath, crisis_contact, urgent_path
    from subside.care.discharge import discharge_gate
    from subside.care.facts import Facts
    from subside.care.limits.case_order import facts_from_order
    from subside.care.limits.check import Predicted, check_case, check_facts, check_pump
    from subside.care.outcomes import (
        Attributable,
        StoppingCriterion,
        ThirdInfusionReview,
        pain_course,
        pain_response,
        positive_response,
        remission,
        review_after_third,
    )
    from subside.care.profiles import Profile, Signature, load_profile, parse_profile, profile_names, sign
    from subside.care.rules import Rule, rule, rule_set
    from subside.care.screening.case_facts import facts_from_case, prior_treatments
    from subside.care.screening.deciding import screen, start_gate
    from subside.care.screening.self_referral import Triage, triage
    from subside.care.verdicts import Verdict

_HOMES = {
    "Assessment": "assessment",
    "Attributable": "outcomes",
    "Benefit": "assessment",
    "CrisisContact": "crisis",
    "Facts": "facts",
    "Finding": "assessment",
    "NOT_A_DEVICE": "assessment",
    "Predicted": "limits.check",
    "Profile": "profiles",
    "Question": "assessment",
    "Rule": "rules",
    "Seen": "assessment",
    "Signature": "profiles",
    "StoppingCriterion": "outcomes",
    "ThirdInfusionReview": "outcomes",
    "Triage": "screening.self_referral",
    "UrgentPath": "crisis",
    "Verdict": "verdicts",
    "assess": "assessing",
    "check_case": "limits.check",
    "check_facts": "limits.check",
    "check_pump": "limits.check",
    "crisis_contact": "crisis",
    "discharge_gate": "discharge",
    "facts_from_case": "screening.case_facts",
    "facts_from_order": "limits.case_order",
    "load_profile": "profiles",
    "pain_course": "outcomes",
    "pain_response": "outcomes",
    "parse_profile": "profiles",
    "positive_response": "outcomes",
    "profile_names": "profiles",
    "prior_treatments": "screening.case_facts",
    "published_benefit": "benefit",
    "remission": "outcomes",
    "review_after_third": "outcomes",
    "rule": "rules",
    "rule_set": "rules",
    "screen": "screening.deciding",
    "sign": "profiles",
    "start_gate": "screening.deciding",
    "triage": "screening.self_referral",
    "urgent_path": "crisis",
}

__all__ = [
    "NOT_A_DEVICE",
    "Assessment",
    "Attributable",
    "Benefit",
    "CrisisContact",
    "Facts",
    "Finding",
    "Predicted",
    "Profile",
    "Question",
    "Rule",
    "Seen",
    "Signature",
    "StoppingCriterion",
    "ThirdInfusionReview",
    "Triage",
    "UrgentPath",
    "Verdict",
    "assess",
    "check_case",
    "check_facts",
    "check_pump",
    "crisis_contact",
    "discharge_gate",
    "facts_from_case",
    "facts_from_order",
    "load_profile",
    "pain_course",
    "pain_response",
    "parse_profile",
    "positive_response",
    "prior_treatments",
    "profile_names",
    "published_benefit",
    "remission",
    "review_after_third",
    "rule",
    "rule_set",
    "screen",
    "sign",
    "start_gate",
    "triage",
    "urgent_path",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
