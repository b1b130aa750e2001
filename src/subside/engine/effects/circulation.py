"""Blood pressure and heart rate under ketamine.

A saturating rise of each with S-ketamine at the effect site of the circulation; R-ketamine is taken
as inactive here (Olofsen 2022). Fitted to the rises at about 2,000 ng/mL and at 0.5 mg/kg
(``validation/side_effects.py``). Published rises differ by definition: the mean of all infusions at
a fixed minute is small, the mean of each person's own peak several times larger. This is the first.
"""

from __future__ import annotations

from subside.engine.kernel.jit import scalar


@scalar
def rise(c: float, emax: float, half_ng_per_ml: float) -> float:
    """Return the relative rise (0.1 is 10 %) at this level in ng/mL."""
    return emax * c / (c + half_ng_per_ml)


@scalar
def mean_pressure(sbp: float, dbp: float) -> float:
    """Return the mean arterial pressure: diastolic plus a third of the pulse pressure."""
    return dbp + (sbp - dbp) / 3.0
