"""Chronic migraine: headache on 15 days a month or more; the trigeminal nucleus stands where the horn does."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "chronic_migraine",
        "Chronic or refractory migraine",
        cord=("sensitization", "e_cl_mv", "descending"),
        signature={
            "pressure": Sign(change="unknown"),
            "touch": Sign(
                change="more",
                figures=("bigal_2008.allodynia_chronic",),
                note="in 68 %, by questionnaire",
            ),
            "movement": Sign(change="more", figures=("recalled_signatures.migraine_movement",)),
            "summation": Sign(change="unknown"),
            "wind_up": Sign(change="unknown"),
        },
        headache=True,
    )
