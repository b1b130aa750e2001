"""What should be done: screening, limits, monitoring, discharge, outcomes. Pure functions; no engine.

Rules are data with sources (``subside.evidence``, folder ``rules``); a decision returns its reasons.
Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.care.assess import assess
    from subside.care.assessment import NOT_A_DEVICE, Assessment, Benefit, Finding, Question, Seen
    from subside.care.crisis import CrisisContact, UrgentPath, crisis_contact, urgent_path
    from subside.care.facts import Facts
    from subside.care.profiles import Profile, Signature, load_profile, parse_profile, profile_names, sign
    from subside.care.rules import Rule, rule, rule_set
    from subside.care.verdicts import Verdict

_HOMES = {
    "Assessment": "assessment",
    "Benefit": "assessment",
    "CrisisContact": "crisis",
    "Facts": "facts",
    "Finding": "assessment",
    "NOT_A_DEVICE": "assessment",
    "Profile": "profiles",
    "Question": "assessment",
    "Rule": "rules",
    "Seen": "assessment",
    "Signature": "profiles",
    "UrgentPath": "crisis",
    "Verdict": "verdicts",
    "assess": "assess",
    "crisis_contact": "crisis",
    "load_profile": "profiles",
    "parse_profile": "profiles",
    "profile_names": "profiles",
    "rule": "rules",
    "rule_set": "rules",
    "sign": "profiles",
    "urgent_path": "crisis",
}

__all__ = [
    "NOT_A_DEVICE",
    "Assessment",
    "Benefit",
    "CrisisContact",
    "Facts",
    "Finding",
    "Profile",
    "Question",
    "Rule",
    "Seen",
    "Signature",
    "UrgentPath",
    "Verdict",
    "assess",
    "crisis_contact",
    "load_profile",
    "parse_profile",
    "profile_names",
    "rule",
    "rule_set",
    "sign",
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
