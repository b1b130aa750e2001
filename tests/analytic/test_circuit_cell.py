"""One cell of the circuit, between spikes, against an adaptive solver."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from subside.engine.circuit import loop
from subside.engine.circuit.members import Cord, typical
from subside.engine.circuit.populations import N_FIBERS, N_PADDED, REST_MV
from subside.engine.circuit.simulate import settings_of
from subside.engine.circuit.wiring import KINDS, WEIGHTS, wiring

MS = 60.0
START = {loop.AMPA: 1.5, loop.GABA: 0.5, loop.GLY: 0.4, loop.FAST: 3.0, loop.SLOW: 3.0, loop.RISE: 3.0}


def by_the_loop(settings, can: float) -> np.ndarray:
    state = np.zeros((loop.N_STATES, N_PADDED))
    state[loop.V], state[loop.POTENTIATION] = REST_MV, 1.0
    state[loop.CAN] = can
    for row, value in START.items():
        state[row] = value
    constants = np.zeros((loop.N_CONSTANTS, N_PADDED))
    constants[loop.ADAPT_KEEP], constants[loop.CAN_NS], constants[loop.VOLLEY_NS] = 1.0, 2.0, 1.0
    net = wiring(0)
    none = np.empty(0, dtype=np.int64)
    spikes = np.empty(100, dtype=np.int64), np.empty(100, dtype=np.int64)
    n = loop.run(
        state, constants, settings, WEIGHTS, KINDS, net.first, net.target, net.projection, N_FIBERS,
        np.zeros(N_FIBERS, dtype=np.int64), np.zeros(N_PADDED), none, none, round(MS / loop.DT_MS), *spikes,
    )  # fmt: skip
    assert n == 0
    return state[:, 0]


def by_the_solver(settings, can: float) -> np.ndarray:
    tau = settings[loop.TAU_FAST], settings[loop.TAU_SLOW]
    share = 1.0 - settings[loop.SLOW_SHARE], settings[loop.SLOW_SHARE]

    def peak(rise: float, decay: float) -> float:
        t = np.linspace(0.0, 10.0 * rise, 200_001)
        return 1.0 / (np.exp(-t / decay) - np.exp(-t / rise)).max()

    norm = [peak(5.0, tau[k]) * share[k] for k in range(2)]

    def slope(t, y):
        v, calcium, m = y
        conductance = [
            3.0 * norm[k] * (np.exp(-t / tau[k]) - np.exp(-t / 5.0))
            / (1.0 + settings[(loop.MG_FAST, loop.MG_SLOW)[k]] / 3.57 * np.exp(-0.062 * v))
            for k in range(2)
        ]  # fmt: skip
        nmda = sum(conductance)
        inhibition = (0.5 * np.exp(-t / 20.0) + 0.4 * np.exp(-t / 10.0)) * (v - settings[loop.E_CL_MV])
        leak = 7.0 * (v + 65.0) - 7.0 * 1.5 * np.exp((v + 50.0) / 1.5)
        current = leak + inhibition + 1.5 * np.exp(-t / 5.0) * v + nmda * v + 2.0 * m * m * (v + 20.0)
        x = (calcium / 0.55) ** 2
        return [
            -current / 150.0,
            -calcium / 300.0 - loop.CALCIUM_PER_PA_MS * nmda * v,
            (x / (1.0 + x) - m) * (1.0 + x) / 4000.0,
        ]

    return solve_ivp(slope, (0.0, MS), [REST_MV, 0.0, can], rtol=1e-9, atol=1e-10).y[:, -1]


@pytest.mark.parametrize("can", [0.0, 0.3])
def test_between_spikes_a_cell_follows_its_equations(can):
    settings = settings_of(typical(), Cord())
    mine, theirs = by_the_loop(settings, can), by_the_solver(settings, can)
    # First order in the step: 0.1 ms over a membrane of 10 ms or more is 1 % of the way still to go, and
    # the voltage moves by less than 1 mV in that time; slow states see the voltage every 1 ms.
    assert mine[loop.V] == pytest.approx(theirs[0], abs=0.05)
    assert mine[loop.CALCIUM] == pytest.approx(theirs[1], rel=0.02)
    assert mine[loop.CAN] == pytest.approx(theirs[2], rel=0.01, abs=1e-4)
