"""Screening: may ketamine be planned for this person? And the gate before each infusion."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.care.screening.case_facts import facts_from_case
    from subside.care.screening.deciding import screen, start_gate
    from subside.care.screening.self_referral import Triage, triage

_HOMES = {
    "Triage": "self_referral",
    "facts_from_case": "case_facts",
    "screen": "deciding",
    "start_gate": "deciding",
    "triage": "self_referral",
}

__all__ = ["Triage", "facts_from_case", "screen", "start_gate", "triage"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
