"""Pain after shingles: allodynia is its hallmark."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "postherpetic_neuralgia",
        "Postherpetic neuralgia",
        cord=("sensitization", "e_cl_mv", "inhibition_left"),
        signature={
            "pressure": Sign(change="unknown"),
            "touch": Sign(
                change="more",
                figures=("pappagallo_2000.allodynia",),
                note="in 78 %, any mechanical stimulus",
            ),
            "movement": Sign(change="unknown"),
            "summation": Sign(change="more", figures=("recalled_signatures.postherpetic_summation",)),
            "wind_up": Sign(change="unknown"),
        },
    )
