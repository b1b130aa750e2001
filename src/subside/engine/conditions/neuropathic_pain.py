"""Neuropathic pain of mixed or other origin: a lesion of the somatosensory system."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "neuropathic_pain",
        "Neuropathic pain",
        cord=("sensitization", "e_cl_mv"),
        signature={
            "pressure": Sign(
                change="more",
                figures=("maier_2010.pressure_hyperalgesia", "jensen_finnerup_2014.allodynia_or_hyperalgesia"),
                note="in 36 %",
            ),
            "touch": Sign(
                change="more",
                figures=("maier_2010.touch_allodynia", "jensen_finnerup_2014.allodynia_or_hyperalgesia"),
                note="in 20 %",
            ),
            "movement": Sign(change="unknown"),
            "summation": Sign(change="unknown"),
            "wind_up": Sign(change="more", figures=("maier_2010.wind_up",), note="in 13 %"),
        },
    )
