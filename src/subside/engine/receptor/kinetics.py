"""Trapping block over time, as one variable: the share ``b`` of channels that hold a drug.

::

    db/dt = Po(t) [ B(V) (1 - b) sum_i k_i C_i  -  b leaving(V) ]

Po is the share of channels open whatever they hold (gating alone sets it, since block leaves gating as
it is) and B the share that magnesium leaves. With Po = 0 nothing is exchanged: trapping follows by
itself, as do use dependence (each opening exchanges a little) and the slow recovery, event by event.
Several ligands share one leaving rate, which holds for the four forms of ketamine.

What is given up against the whole scheme: a channel that holds a drug has been open more recently than
one that does not. ``docs/explanation/receptor.md`` gives the measured difference.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.functions import exp
from subside.engine.kernel.jit import scalar
from subside.engine.receptor.gating import DEFAULT_GATING
from subside.engine.receptor.ligands import blocker
from subside.engine.receptor.magnesium import unblocked
from subside.engine.receptor.scheme import Bath, follow, leaving_per_s, open_share
from subside.engine.receptor.scheme import _check as check_protocol


@scalar
def block_after(b: float, po: float, entering: float, leaving: float, dt: float) -> float:
    """Return ``b`` after ``dt`` with everything else held.

    ``entering`` is B(V) times the sum of k_i C_i, ``leaving`` the rate of leaving, both per open channel
    and in the inverse unit of ``dt``. Exact for constant ``po``, so that no step is too long.
    """
    rate = entering + leaving + 1e-30
    return entering / rate + (b - entering / rate) * exp(-po * rate * dt)


def follow_block(
    protocol: Sequence[Bath],
    *,
    drugs: Sequence[str],
    gating: str = DEFAULT_GATING,
    step_s: float = 1e-3,
    start: float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times (s) and the share of channels blocked through a protocol, by the one equation.

    Arguments as for ``scheme.follow``; ``start`` is the share blocked at time 0. Both results have
    shape ``(time,)``. A drug that escapes closed channels (memantine) is treated as fully trapped.
    """
    check_protocol(protocol, drugs)
    plain = [
        Bath(seconds=p.seconds, glutamate_um=p.glutamate_um, v_mv=p.v_mv, mg_mm=p.mg_mm) for p in protocol
    ]
    times, states = follow(plain, gating=gating, step_s=step_s)
    po = open_share(states)
    b = np.empty(len(times))
    b[0] = start
    at = 0
    for bath in protocol:
        steps = max(1, round(bath.seconds / step_s))
        free = unblocked(bath.v_mv, bath.mg_mm)
        entering = free * sum(blocker(d).binding_per_um_s * um for d, um in bath.drug_um.items())
        leaving = leaving_per_s(blocker(drugs[0]), bath.v_mv) if drugs else 0.0
        for k in range(at, at + steps):
            middle = 0.5 * (po[k] + po[k + 1])
            b[k + 1] = block_after(b[k], middle, entering, leaving, times[k + 1] - times[k])
        at += steps
    return times, b
