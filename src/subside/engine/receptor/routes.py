"""Four rival routes by which low levels of ketamine could calm a sensitized spinal cord.

Pore block in magnesium needs several uM; pain falls at a tenth of that. At least one more route is
needed, and none is proven, so each stands by name:

- ``pore``: trapping block of GluN2A/2B receptors (``trapping``), the textbook mechanism;
- ``glun2d``: receptors rich in GluN2C/2D, which magnesium leaves more sensitive;
- ``allosteric``: a site reached through the membrane with half effect near 0.1 uM, which cuts tonic
  activity and spares short synaptic openings;
- ``descending``: inhibition from the brain stem, given the potency of ketamine's acute analgesia.

All are occupancies between 0 and 1 of the unbound concentration in uM. The slow model reads them
relative to their value at the level of the trial that it was fitted to (``REFERENCE_NG_PER_ML``), so
that a route changes what is predicted at other levels, not how well the trial is fitted.
"""

from __future__ import annotations

from subside.engine.kernel.jit import scalar

ROUTES = ("pore", "glun2d", "allosteric", "descending")
REFERENCE_NG_PER_ML = 250.0  # S-ketamine in plasma at 22 mg/h per 70 kg: 204 to 264 by PK set


@scalar
def occupancy(c: float, half: float) -> float:
    """Return c / (c + half), for c >= 0 and half > 0."""
    return c / (c + half)


@scalar
def mixed(
    c: float, half_pore: float, half_2d: float, half_allosteric: float, half_descending: float,
    w_pore: float, w_2d: float, w_allosteric: float, w_descending: float,
) -> float:  # fmt: skip
    """Return the weighted sum of the four occupancies.

    The weights carry both the hypothesis (usually one route, the others 0) and the scaling to 1 at
    the reference level.
    """
    # One division instead of four, which take longer than all else here: over the common denominator.
    pore, glun2d, allosteric, descending = c + half_pore, c + half_2d, c + half_allosteric, c + half_descending
    first, second = pore * glun2d, allosteric * descending
    above = (w_pore * glun2d + w_2d * pore) * second + (w_allosteric * descending + w_descending * allosteric) * first
    return c * above / (first * second)
