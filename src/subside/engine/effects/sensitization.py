"""Central sensitization S, from 0 to 1: how far the spinal cord turns the volume of pain up.

dS/dt = k_return [S0 f(R) (1 - S) - (1 - S0) S] - k_dep E S

Without drug S rests at S0, the patient's own level, and after a push returns with the rate
``k_return``. Block (E: 1 at the trial's level) removes sensitization with ``k_dep``. ``f`` is the
feedback of pain on its own cause: 1 throughout in the monostable form; in the bistable form a steep
function of pain R relative to the patient's usual pain, so that a cord pushed low enough stays low.
Neither form is proven: the data at hand do not force bistability.
"""

from __future__ import annotations

from subside.engine.kernel.functions import log, logistic, power
from subside.engine.kernel.jit import scalar


@scalar
def feedback(r: float, share: float, steepness: float, log_half: float, per_rest: float) -> float:
    """Return f(R): 1 at the usual pain; ``share`` 0 gives the monostable form (1 throughout).

    ``log_half`` is the logarithm of the pain at half of the feedback, ``per_rest`` is one over the
    feedback at the usual pain; both are ``feedback_constants``.
    """
    return 1.0 - share + share * per_rest * logistic(steepness * (log(r) - log_half))


@scalar
def feedback_constants(r0: float, threshold: float, steepness: float):  # type: ignore[no-untyped-def]
    """Return ``log_half`` and ``per_rest`` of one patient."""
    return log(threshold * r0), 1.0 + power(threshold, steepness)


@scalar
def arising(s0: float, k_return: float, f: float) -> float:
    """Return a of dS/dt = a - b S: sensitization that arises an hour."""
    return k_return * s0 * f


@scalar
def extra_fading(s0: float, k_return: float, depotentiation: float, f: float) -> float:
    """Return b - k_return of dS/dt = a - b S: what else makes it fade, per h.

    That is block, whose ``depotentiation`` is k_dep E, and missing feedback.
    """
    return k_return * s0 * (f - 1.0) + depotentiation
