"""Pain felt in a limb that is not there; the signs are those of the stump."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "phantom_limb_pain",
        "Phantom limb pain",
        cord=("sensitization", "e_cl_mv"),
        signature={
            "pressure": Sign(change="unknown"),
            "touch": Sign(
                change="more",
                figures=("recalled_signatures.stump_allodynia",),
                note="in a minority",
            ),
            "movement": Sign(change="unknown"),
            "summation": Sign(change="more", figures=("recalled_signatures.stump_wind_up",)),
            "wind_up": Sign(change="unknown"),
        },
    )
