"""How long C synapses stay strong: the closed form against an adaptive solver of the equations it states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from subside.engine.circuit import later
from subside.evidence import value

T = np.linspace(0.0, 60.0, 13)


@pytest.mark.parametrize("start", [70.0, 100.0, 120.0, 145.0, 166.0])
@pytest.mark.parametrize("synthesis", [0.0, 0.5, 1.0])
def test_the_strength_follows_its_equations(start, synthesis):
    tau_h = value("pfau_2011.half_life_homotopic_h", unit="h") / math.log(2.0)

    def slope(_, y):
        w, late = y
        return [-(w - late) / tau_h, synthesis * 0.1 * (w - late) if w - late > 0.3 else 0.0]

    found = solve_ivp(
        slope, (0.0, T[-1]), [start / 100.0, 1.0], t_eval=T, rtol=1e-9, atol=1e-9, max_step=0.005
    )
    # the switch at 0.3 falls between two steps of the solver: 0.005 h at a rate of 0.06 an hour
    np.testing.assert_allclose(later(start, T, protein_synthesis=synthesis), 100.0 * found.y[0], atol=0.05)


def test_without_new_protein_half_is_gone_after_the_half_life_in_people():
    assert later(140.0, 6.9, protein_synthesis=0.0) == pytest.approx(120.0, abs=1e-9)


def test_only_strong_potentiation_stays_for_days():
    after_ten_days = later([125.0, 160.0], 240.0)
    assert after_ten_days[0] == pytest.approx(100.0, abs=1e-6)
    assert after_ten_days[1] > 110.0
    assert later(160.0, 240.0, protein_synthesis=0.0) == pytest.approx(100.0, abs=1e-6)
