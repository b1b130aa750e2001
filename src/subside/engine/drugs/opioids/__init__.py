"""Opioids by name: disposition, effect site, potency on pain and on breathing; one file a drug.

These are the opioids given in a case's regimen. Opioids taken for long before it are background
(``subside.engine.population.background``): they are in the stated pain already.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.drugs.opioids.kinds import Opioid
    from subside.engine.drugs.opioids.registry import OPIOIDS, opioid

_HOMES = {"OPIOIDS": "registry", "Opioid": "kinds", "opioid": "registry"}

__all__ = ["OPIOIDS", "Opioid", "opioid"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
