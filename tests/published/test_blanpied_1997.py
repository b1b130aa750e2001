"""Blanpied 1997: memantine leaves a sixth of blocked channels within a second; ketamine does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from subside.engine.receptor import Bath, follow
from subside.engine.receptor.scheme import holding_drug
from subside.evidence import value


def held_after_wash(drug: str, um: float):
    """Times since drug and glutamate were removed, and the share of channels that still hold the drug."""
    held = Bath(seconds=60.0, glutamate_um=1000.0, v_mv=-67.0, drug_um={drug: um})
    _, settled = follow([held], drugs=(drug,), step_s=60.0)
    times, states = follow([Bath(seconds=8.0, v_mv=-67.0)], drugs=(drug,), start=settled[-1], step_s=0.02)
    return times, holding_drug(states)


def test_memantine_leaves_closed_channels_with_the_printed_time_constant():
    times, share = held_after_wash("memantine", 20.0)
    later = times > 1.0  # the last channels have closed
    (_, _, tau), _ = curve_fit(
        lambda t, kept, freed, tau: kept + freed * np.exp(-t / tau),
        times[later], share[later], p0=(0.8, 0.1, 1.0),
    )  # fmt: skip
    assert tau == pytest.approx(value("blanpied_1997.memantine_release_tau", unit="s"), abs=0.32)  # printed


@pytest.mark.xfail(
    strict=True,
    reason="0.27 leave in all: besides the sixth that escapes from closed channels, the fast rates that "
    "Gilling's association rate asks for let a tenth go while the channels close",
)
@pytest.mark.parametrize(
    "figure_id", ["blanpied_1997.memantine_release_share", "gilling_2009.memantine_untrapped"]
)
def test_memantine_is_untrapped_as_far_as_printed(figure_id):
    _, share = held_after_wash("memantine", 20.0)
    # 0.05: both papers give round shares, a sixth and about a fifth
    assert 1.0 - share[-1] / share[0] == pytest.approx(value(figure_id, unit="1"), abs=0.05)


def test_closed_channels_keep_ketamine_and_lose_some_memantine():
    """From the second after glutamate is gone."""

    def lost(drug: str, um: float) -> float:
        times, share = held_after_wash(drug, um)
        return 1.0 - share[-1] / share[times >= 1.0][0]

    assert lost("racemic_ketamine", 10.0) < 0.03
    assert lost("memantine", 20.0) > 0.03
