"""Pain whose source in the tissue goes on: back, joints, cancer, ischemia; the family's profile."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "nociceptive_pain",
        "Pain from tissue that goes on",
        cord=("sensitization",),
        signature={
            "pressure": Sign(change="unknown"),
            "touch": Sign(change="unknown"),
            "movement": Sign(change="more", figures=("recalled_signatures.back_pain_movement",)),
            "summation": Sign(
                change="more",
                figures=("recalled_signatures.nociceptive_summation",),
                note="osteoarthritis",
            ),
            "wind_up": Sign(change="unknown"),
        },
    )
