"""Central sensitization S, from 0 to 1: how far the spinal cord turns the volume of pain up.

dS/dt = k_return [S0 f(R) (1 - S) - (1 - S0) S] - k_dep E S

Without drug S rests at S0, the patient's own level, and after a push returns with the rate
``k_return``. Block (E: 1 at the trial's level) removes sensitization with ``k_dep``. ``f`` is the
feedback of pain on its own cause: 1 throughout in the monostable form; in the bistable form a steep
function of pain R relative to the patient's usual pain, so that a cord pushed low enough stays low.
Neither form is proven: the data at hand do not force bistability.
"""

from __future__ import annotations

from subside.engine.kernel.functions import power
from subside.engine.kernel.jit import scalar


@scalar
def feedback(r: float, r0: float, share: float, threshold: float, steepness: float) -> float:
    """Return f(R): 1 at the usual pain; ``share`` 0 gives the monostable form (1 throughout)."""
    x = power(r / (threshold * r0), steepness)
    at_rest = 1.0 / (1.0 + power(threshold, steepness))
    return 1.0 - share + share * x / (1.0 + x) / at_rest


@scalar
def arising(s0: float, k_return: float, f: float) -> float:
    """Return a of dS/dt = a - b S: sensitization that arises an hour."""
    return k_return * s0 * f


@scalar
def extra_fading(s0: float, k_return: float, k_dep: float, effect: float, f: float) -> float:
    """Return b - k_return of dS/dt = a - b S: what block, and missing feedback, add to the fading, per h."""
    return k_return * s0 * (f - 1.0) + k_dep * effect
