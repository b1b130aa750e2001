"""The whole model by name, ``chronic_pain``: from infusion rate to pain, mood, vital signs and side effects.

``layout`` names every state, parameter and output; ``clock`` cuts time into steps; ``loop`` is the
compiled loop; ``solve`` runs it over patients and threads.
"""

from __future__ import annotations


def warm() -> None:
    """Compile everything that a run needs, on one invented patient and one hour without drug."""
    import numpy as np

    from subside.case import Regimen
    from subside.engine.kernel.lanes import LANES
    from subside.engine.kernel.random import normals
    from subside.engine.systems.chronic_pain.layout import N_INPUTS, N_LINEAR, N_SLOW, PARAMETERS, RELIEF
    from subside.engine.systems.chronic_pain.loop import N_ROWS, evaluate
    from subside.engine.systems.chronic_pain.protocol import protocol
    from subside.engine.systems.chronic_pain.rest import resting_saturation, retained_co2
    from subside.engine.systems.chronic_pain.solve import People, solve

    someone = People(
        non_zeros=((0, 0),),
        rates=-np.ones((1, 1)),
        slow_rates=np.ones((1, N_SLOW)),
        parameters=np.full((1, len(PARAMETERS)), 0.5),
        start=np.zeros((1, N_SLOW)),
    )
    nothing = Regimen(segments=(), boluses=(), policies=())
    solve(someone, protocol(nothing, np.array([0.0, 1.0])), threads=1)
    slow, linear = np.zeros(N_SLOW * LANES), np.zeros((N_LINEAR + N_INPUTS) * LANES)
    q, n = np.full(len(PARAMETERS) * LANES, 0.5), np.empty(N_ROWS * LANES)
    evaluate(slow, linear, np.zeros(len(RELIEF)), q, n)
    zero, one = np.zeros(1), np.ones(1)
    retained_co2(zero, zero, zero, one, np.empty(1))
    resting_saturation(40.0 * one, 0.21, one, np.empty(1))
    normals(1, [0], "warm", 1)
