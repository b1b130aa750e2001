"""Simons 2022 and its author's thesis: arterial peak after 20 mg esketamine over 20 min, 20 people."""

from __future__ import annotations

import pytest

from subside.engine.drugs import pk_set
from subside.evidence import figure
from subside.validation.pk_sets import arterial_peak_ratio

# half the printed 95 % intervals of the two occasions, 259-287 and 251-269, around their mean
TOLERANCE = (287.0 - 251.0) / 2.0 / 266.5


@pytest.mark.parametrize(
    "name",
    [
        "simons_2022",
        pytest.param(
            "kamp_2020_norketamine",
            marks=pytest.mark.xfail(
                strict=True,
                reason="the pooled core's central volume is twice as large: the peak is 18 % too low",
            ),
        ),
    ],
)
def test_the_arterial_peak_after_twenty_minutes_is_the_printed_one(name: str) -> None:
    assert abs(arterial_peak_ratio(pk_set(name)) - 1.0) <= TOLERANCE


def test_the_two_printed_peaks_are_of_one_size() -> None:
    first, second = figure("simons_2022.peak_after_50mg_film"), figure("simons_2022.peak_after_100mg_film")
    assert first.low is not None
    assert second.high is not None
    assert first.low <= second.high
