"""Pain on the 0 to 10 scale, from the drive that reaches awareness.

NRS = 10 (1 - exp(-u)),  u = N (1 + g S) (1 + a_mood + a_sleep) (1 - A) (1 - Q) (1 + rebound)

N is the nociceptive drive, g the gain at full sensitization, A acute analgesia (there only while the
drug is), Q expectation. The exponential keeps the scale within its ends. Movement-evoked pain has
its own extra drive, which falls with sensitization: what a small movement adds in a sensitized
state is part of that state (assumed; basis and alternatives in the parameter file).
"""

from __future__ import annotations

from subside.engine.kernel.functions import exp
from subside.engine.kernel.jit import scalar
from subside.engine.kernel.vector import where


@scalar
def drive(
    n: float, gain: float, s: float, mood_and_sleep: float, acute: float, expectation: float, rebound: float
) -> float:
    """Return u, the drive; never negative."""
    return (
        n * (1.0 + gain * s) * max(1.0 + mood_and_sleep, 0.1) * (1.0 - acute) * (1.0 - expectation)
        * (1.0 + rebound)
    )  # fmt: skip


@scalar
def renewed(expectation: float, at_visit: float) -> float:
    """Return the expectation right after a visit: the stronger of what is left and what the visit brings.

    Expecting harm (below 0) is renewed as expecting relief is.
    """
    return where(at_visit >= 0.0, max(expectation, at_visit), min(expectation, at_visit))


@scalar
def rating(u: float) -> float:
    """Return the rating from 0 to 10 for a drive u >= 0."""
    return 10.0 * (1.0 - exp(-u))


@scalar
def movement_drive(u: float, extra: float, s: float, s0: float) -> float:
    """Return the drive on movement; ``extra`` is what movement adds at the usual sensitization."""
    return u * (1.0 + extra * s / s0)


@scalar
def acute_share(
    c_s: float, c_r: float, c_nk: float, r_activity: float, nk_opposes: float, c50: float
) -> float:
    """Return the acute effect as a share of the largest, before tolerance.

    Concentrations at the effect site of pain, ng/mL. ``nk_opposes`` subtracts norketamine (0:
    neutral). Sources: evidence ``sigtermans_2009_pkpd`` (C50 in volunteers), Olofsen 2012 and 2022.
    """
    c = max(c_s + r_activity * c_r - nk_opposes * c_nk, 0.0)
    return c / (c + c50)
