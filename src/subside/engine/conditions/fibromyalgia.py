"""Fibromyalgia: pressure hurts everywhere, inhibition is weak, touch is felt as in health."""

from __future__ import annotations

from subside.engine.conditions.from_evidence import built
from subside.engine.conditions.kinds import Profile, Sign

__all__ = ["build"]


def build() -> Profile:
    """Return the profile."""
    return built(
        "fibromyalgia",
        "Fibromyalgia",
        cord=("sensitization", "e_cl_mv", "descending"),
        signature={
            "pressure": Sign(
                change="more",
                figures=(
                    "fibromyalgia_pressure_2023.pressure_threshold",
                    "fibromyalgia_pressure_2023.pressure_threshold_healthy",
                ),
                note="half the threshold",
            ),
            "touch": Sign(change="same", figures=("fibromyalgia_touch_2021.touch",)),
            "movement": Sign(change="more", figures=("recalled_signatures.fibromyalgia_movement",)),
            "summation": Sign(
                change="more",
                figures=("obrien_2018.summation", "obrien_2018.summation_relative", "staud_2014.heat_wind_up"),
                note="by 68 % in relative terms",
            ),
            "wind_up": Sign(change="unknown"),
        },
    )
