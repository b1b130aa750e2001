"""Exponential time differencing for the slow, nonlinear part of a model.

A state obeys dy/dt = -k y + N(y, drivers). The decay k is taken exactly, the rest N enters by the
third-order quadrature ETD3RK of Cox & Matthews (J Comput Phys 2002;176:430, eq. 23-25): the value
at the start, a predicted value in the middle, a predicted value at the end. With a drive that is
known exactly in those three places, steps of minutes to hours are accurate to 1e-4 and no step is
ever rejected, so a run is a smooth function of its parameters.

Per state and step size seven weights are needed, kept in this order:
``DECAY, HALF_DECAY, HALF_GAIN, GAIN, AT_START, AT_MIDDLE, AT_END``.
"""

from __future__ import annotations

import math

from subside.engine.kernel.jit import inner, scalar
from subside.engine.kernel.lanes import LANES

WEIGHTS = 7


@inner
def _phi(z):  # type: ignore[no-untyped-def]
    """Return phi1, phi2, phi3 at -z (z >= 0), by series where the closed form would cancel."""
    if z < 1.0:
        phi3 = 0.0
        term = 1.0 / 6.0
        for i in range(18):
            phi3 += term
            term *= -z / (i + 4.0)
        phi2 = 0.5 - z * phi3
        return 1.0 - z * phi2, phi2, phi3
    phi1 = (1.0 - math.exp(-z)) / z
    phi2 = (1.0 - phi1) / z
    return phi1, phi2, (0.5 - phi2) / z


@inner
def weights(rates, hs, out):  # type: ignore[no-untyped-def]
    """Fill ``out[step, (state * WEIGHTS + weight) * LANES + lane]`` from ``rates[state * LANES]``."""
    n_states = rates.shape[0] // LANES
    for ih in range(hs.shape[0]):
        h = hs[ih]
        for s in range(n_states):
            for j in range(LANES):
                z = rates[s * LANES + j] * h
                phi1, phi2, phi3 = _phi(z)
                half1, _, _ = _phi(0.5 * z)
                o = s * WEIGHTS * LANES + j
                out[ih, o] = math.exp(-z)
                out[ih, o + LANES] = math.exp(-0.5 * z)
                out[ih, o + 2 * LANES] = 0.5 * h * half1
                out[ih, o + 3 * LANES] = h * phi1
                out[ih, o + 4 * LANES] = h * (phi1 - 3.0 * phi2 + 4.0 * phi3)
                out[ih, o + 5 * LANES] = h * (4.0 * phi2 - 8.0 * phi3)
                out[ih, o + 6 * LANES] = h * (4.0 * phi3 - phi2)


@scalar
def middle(w, o, y, n0):  # type: ignore[no-untyped-def]
    """Return the predicted value in the middle of the step; ``o`` is the state's first weight."""
    return w[o + LANES] * y + w[o + 2 * LANES] * n0


@scalar
def fade_half(w, o, y):  # type: ignore[no-untyped-def]
    """Return the value in the middle of the step of a state that only decays."""
    return w[o + LANES] * y


@scalar
def fade(w, o, y):  # type: ignore[no-untyped-def]
    """Return the value at the end of the step of a state that only decays."""
    return w[o] * y


@scalar
def end(w, o, y, n0, nm):  # type: ignore[no-untyped-def]
    """Return the predicted value at the end of the step."""
    return w[o] * y + w[o + 3 * LANES] * (2.0 * nm - n0)


@scalar
def step(w, o, y, n0, nm, n1):  # type: ignore[no-untyped-def]
    """Return the value at the end of the step from the three evaluations."""
    return w[o] * y + w[o + 4 * LANES] * n0 + w[o + 5 * LANES] * nm + w[o + 6 * LANES] * n1
