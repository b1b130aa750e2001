"""Neuropathic pain at or below an injury of the spinal cord."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "spinal_cord_injury_pain",
        "Spinal cord injury pain",
        cord=("sensitization", "e_cl_mv", "descending"),
        signature={
            "pressure": Sign(change="unknown"),
            "touch": Sign(
                change="more",
                figures=("jang_2014.evoked_at_level",),
                note="evoked pain of any kind, in 55 % at the level",
            ),
            "movement": Sign(change="unknown"),
            "summation": Sign(change="more", figures=("recalled_signatures.spinal_cord_injury_summation",)),
            "wind_up": Sign(change="unknown"),
        },
    )
