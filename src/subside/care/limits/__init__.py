"""Limits: is this order within what the profile allows, and does the pump do what was ordered?"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.care.limits.case_order import facts_from_order
    from subside.care.limits.check import Predicted, check_case, check_facts, check_pump

_HOMES = {
    "Predicted": "check",
    "check_case": "check",
    "check_facts": "check",
    "check_pump": "check",
    "facts_from_order": "case_order",
}

__all__ = ["Predicted", "check_case", "check_facts", "check_pump", "facts_from_order"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
