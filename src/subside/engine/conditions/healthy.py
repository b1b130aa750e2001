"""No chronic pain: healthy volunteers, and depression or post-traumatic stress alone.

The model starts from chronic pain. Without it sensitization, pain at rest and on movement, and response
to treatment of pain mean nothing, and results leave them out (``PAIN_OUTPUTS``).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from subside.engine.conditions.kinds import Profile

__all__ = ["PAIN_OUTPUTS", "RESPONSE_OUTPUTS", "build"]

RESPONSE_OUTPUTS: Final = ("p_response_30", "p_response_50")
PAIN_OUTPUTS: Final = ("sensitization", "nrs_pain", "nrs_pain_movement", *RESPONSE_OUTPUTS)


def build() -> Profile:
    """Return the profile."""
    return Profile(
        name="healthy",
        label="No chronic pain",
        chronic_pain=False,
        peripheral_share=1.0,
        cord=MappingProxyType({}),
    )
