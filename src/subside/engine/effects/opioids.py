"""Opioids: analgesia, its fading, and the pain that opioids themselves bring.

The level x at the effect site is in multiples of the level that halves the part of the drive that
opioids reach. Tolerance T (0 to 1) raises that level; hyperalgesia P (0 to 1) adds to the drive. Both
follow the occupancy x / (1 + x) and fade when the drug has gone, hyperalgesia within hours (volunteers,
remifentanil), tolerance within days. Hyperalgesia arises through NMDA receptors: what ketamine takes from
it is read from the same low-dose route that the loss of sensitization takes. Sources: evidence
``angst_2003``, ``chu_2006``, ``koppert_2003``; the prior file says what is assumed.
"""

from __future__ import annotations

from subside.engine.kernel.jit import scalar


@scalar
def occupied(x: float) -> float:
    """Return the share of the largest effect at level x >= 0."""
    return x / (1.0 + x)


@scalar
def analgesia(x: float, emax: float, tolerance: float, tolerance_gain: float) -> float:
    """Return the share of the drive that opioids take away."""
    left = x / (1.0 + tolerance_gain * tolerance)
    return emax * left / (1.0 + left)


@scalar
def spared(effect: float, needs_nmda: float) -> float:
    """Return the share of hyperalgesia that still arises under ketamine's low-dose ``effect``.

    ``effect`` is 1 at the trial's level (``receptor.routes``); ``needs_nmda`` 0 gives 1 throughout.
    """
    return 1.0 / (1.0 + needs_nmda * effect)


@scalar
def with_background(share: float, x: float) -> float:
    """Return the share of an effect with a level x on top of a background that takes ``share``."""
    odds = share / (1.0 - share) + x
    return odds / (1.0 + odds)
