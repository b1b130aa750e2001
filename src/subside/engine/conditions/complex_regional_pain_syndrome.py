"""Complex regional pain syndrome: a limb in which pressure, movement and often touch hurt."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "complex_regional_pain_syndrome",
        "Complex regional pain syndrome",
        cord=("sensitization",),
        signature={
            "pressure": Sign(change="more", figures=("sobeeh_2023.mechanical_pain",)),
            "touch": Sign(change="more", figures=("recalled_signatures.crps_touch",), note="in a minority"),
            "movement": Sign(change="more", figures=("recalled_signatures.crps_movement",)),
            "summation": Sign(change="unknown"),
            "wind_up": Sign(change="same", figures=("sobeeh_2023.wind_up",)),
        },
    )
