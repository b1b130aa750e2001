"""Profiles of conditions, one file a condition: where the pain comes from, the cord, the published signs.

``profile(name)`` answers for every condition that a case file can name; ``stands_in`` says when a family's
profile is used. What the cord of a profile does under stimuli, ``engine.circuit.signature`` computes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.conditions.healthy import PAIN_OUTPUTS, RESPONSE_OUTPUTS
    from subside.engine.conditions.kinds import QUALITIES, Profile, Sign
    from subside.engine.conditions.registry import PROFILES, profile

_HOMES = {
    "PAIN_OUTPUTS": "healthy",
    "PROFILES": "registry",
    "Profile": "kinds",
    "QUALITIES": "kinds",
    "RESPONSE_OUTPUTS": "healthy",
    "Sign": "kinds",
    "profile": "registry",
}

__all__ = ["PAIN_OUTPUTS", "PROFILES", "QUALITIES", "RESPONSE_OUTPUTS", "Profile", "Sign", "profile"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
