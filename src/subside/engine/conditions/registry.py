"""Every condition that a case file can name, resolved to a profile: its own or its family's."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from subside.case import CONDITIONS
from subside.engine.conditions import (
    chronic_migraine,
    complex_regional_pain_syndrome,
    fibromyalgia,
    healthy,
    neuropathic_pain,
    nociceptive_pain,
    phantom_limb_pain,
    postherpetic_neuralgia,
    spinal_cord_injury_pain,
)
from subside.engine.conditions.kinds import Profile
from subside.errors import unknown_name

__all__ = ["PROFILES", "profile"]

_BUILDERS: Final = {
    "complex_regional_pain_syndrome": complex_regional_pain_syndrome.build,
    "neuropathic_pain": neuropathic_pain.build,
    "postherpetic_neuralgia": postherpetic_neuralgia.build,
    "spinal_cord_injury_pain": spinal_cord_injury_pain.build,
    "phantom_limb_pain": phantom_limb_pain.build,
    "fibromyalgia": fibromyalgia.build,
    "chronic_migraine": chronic_migraine.build,
    "nociceptive_pain": nociceptive_pain.build,
    "healthy": healthy.build,
}
#: The profiles that stand for themselves.
PROFILES: Final = tuple(_BUILDERS)

_OF_FAMILY: Final = {"mood": "healthy"}  # the other families are named as their profile


@cache
def profile(name: str) -> Profile:
    """Return the profile of a condition as a case file names it.

    A condition without a profile of its own gets its family's, and says so in ``stands_in``.

    Raises:
        UnknownNameError: If there is no such condition; suggests the nearest.

    >>> profile("radicular_pain").stands_in
    'neuropathic_pain'
    """
    if name in _BUILDERS:
        return _BUILDERS[name]()
    if name not in CONDITIONS:
        raise unknown_name("condition", name, {*CONDITIONS, *_BUILDERS})
    condition = CONDITIONS[name]
    home = _OF_FAMILY.get(condition.family, condition.family)
    return replace(_BUILDERS[home](), name=name, label=condition.label, stands_in=home)
