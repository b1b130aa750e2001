"""Opioids: analgesia, its fading, and the pain that opioids themselves bring.

The level x at the effect site is in multiples of the level that halves the part of the drive that
opioids reach. Tolerance T (0 to 1) follows the occupancy x / (1 + x) and raises that level; it comes and
goes within days.

Hyperalgesia P (0 to 1) follows levels several times higher, h = x^2 / (x^2 + 8^2) (assumed: high doses
during surgery bring it, low ones do not, ``joly_2005``, ``cortinez_2001``), and adds
to the drive what exceeds the occupancy that is there now, max(P - h, 0): it shows when a level has
fallen, as after surgery (``fletcher_2014``) and in volunteers (``koppert_2003``), and not under a steady
dose by mouth (``chu_2012``: none after a month; ``chu_2006``, six people: to cold). It arises through
NMDA receptors: what ketamine takes from it is read from the same low-dose route that the loss of
sensitization takes. Fitted: ``subside.validation.conventional``.
"""

from __future__ import annotations

from subside.engine.kernel.jit import scalar

#: Level that brings half of the largest hyperalgesia, in multiples of the one of half analgesia (assumed;
#: a test holds it against evidence, ``opioid_assumptions.hyperalgesia_level``).
HYPERALGESIA_LEVEL = 8.0


@scalar
def occupied(x: float) -> float:
    """Return the share of the largest effect at level x >= 0."""
    return x / (1.0 + x)


@scalar
def analgesia(x: float, emax: float, tolerance: float, tolerance_gain: float) -> float:
    """Return the share of the drive that opioids take away."""
    return emax * x / (1.0 + tolerance_gain * tolerance + x)  # of x / (1 + gain T) in multiples


@scalar
def sensitizing(x: float) -> float:
    """Return the share of the largest hyperalgesia that level x >= 0 ends at when it stays."""
    return x * x / (x * x + HYPERALGESIA_LEVEL * HYPERALGESIA_LEVEL)


@scalar
def unmasked(hyperalgesia: float, balanced: float) -> float:
    """Return the hyperalgesia that shows: what is more than the level, ``sensitizing(x)``, keeps in balance."""
    return max(hyperalgesia - balanced, 0.0)


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
