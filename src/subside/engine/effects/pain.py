"""Pain on the 0 to 10 scale, from the drive that reaches awareness.

NRS = 10 (1 - exp(-u)),  u = N G(S) (1 + b S) (1 + a_mood + a_sleep) (1 - A) (1 - Q) (1 + rebound)

N is the nociceptive drive, G what the spinal cord multiplies it by (read from the circuit of the dorsal
horn, ``circuit.bridge``), b what brain stem and brain add at full sensitization, A acute analgesia (there
only while the drug is), Q expectation. N has a part from the periphery, which anti-inflammatory drugs
reach and an injury adds to, and a part that lies beyond. The exponential keeps the scale within its
ends. Movement-evoked pain has its own extra drive, which falls with sensitization: what a small movement
adds in a sensitized state is part of that state (assumed; basis and alternatives in the parameter file).
"""

from __future__ import annotations

from subside.engine.kernel.functions import exp
from subside.engine.kernel.jit import scalar
from subside.engine.kernel.vector import where


@scalar
def input_drive(n: float, peripheral_share: float, injury: float, nsaid: float) -> float:
    """Return N: ``nsaid`` is the share of the periphery's part that anti-inflammatory drugs take."""
    return (n * peripheral_share + injury) * (1.0 - nsaid) + n * (1.0 - peripheral_share)


@scalar
def gain(s: float, spinal_1: float, spinal_2: float, brain: float) -> float:
    """Return what sensitization multiplies the drive by: cord (log gain a S + b S^2), then brain."""
    return exp(s * (spinal_1 + s * spinal_2)) * (1.0 + brain * s)


@scalar
def drive(
    n: float, gained: float, mood_and_sleep: float, acute: float, expectation: float, rebound: float
) -> float:
    """Return u, the drive; never negative."""
    return (
        n * gained * max(1.0 + mood_and_sleep, 0.1) * (1.0 - acute) * (1.0 - expectation) * (1.0 + rebound)
    )


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
