"""Blood pressure and heart rate under ketamine.

A saturating rise of each with S-ketamine at the effect site of the circulation; R-ketamine is taken
as inactive (it left cardiac output alone, evidence ``kamp_2021``). Fitted to the rises at 0.5 mg/kg
over 40 min and at 1,959 ng/mL (``validation/side_effects.py``); the heart rate has a level of half
effect of its own, since at clinic levels it moves much less than pressure does.

Published rises differ by definition and by place: the mean of all infusions at a fixed minute was
3 mmHg in one clinic and 16 in another. The model's rise is such a mean for a clinic in between; how
far clinics differ travels with it (``trial_sd``). There is no tolerance: pressure rose as much at the
sixth infusion as at the first (``riva_posse_2018``).
"""

from __future__ import annotations

from subside.engine.kernel.jit import scalar

PULSE_PRESSURE_LEAST_MMHG = 10.0  # bound, not a finding: systolic stays above diastolic


@scalar
def rise(c: float, emax: float, half_ng_per_ml: float) -> float:
    """Return the relative rise (0.1 is 10 %) at this level in ng/mL."""
    return emax * c / (c + half_ng_per_ml)


@scalar
def mean_pressure(sbp: float, dbp: float) -> float:
    """Return the mean arterial pressure: diastolic plus a third of the pulse pressure."""
    return dbp + (sbp - dbp) / 3.0
