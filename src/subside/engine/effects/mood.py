"""Depression and sleep beside pain, and the lasting signal of an antidepressant dose.

``m`` is the burden of depression relative to the patient's own baseline (1), moved by pain and
sleep; the drug acts on top of it through the signal ``z``, which rises within hours of a dose and
fades over days. Both scales (PHQ-9, MADRS) read the same burden, so an effect scales with baseline,
as measured in treatment-resistant depression. Couplings are weak, assumed, and can be switched off.
"""

from __future__ import annotations

from subside.engine.kernel.jit import scalar

# A pain (0 to 1) whose end would lift the burden by the coupled share; a pain of 1 lifts a seventh of it.
PAIN_OF_COUPLING = 0.7


@scalar
def filling(c: float, half_ng_per_ml: float, per_h: float) -> float:
    """Return the rate at which a level c (ng/mL) fills what still is to be filled of a signal, per h.

    dz/dt = filling (1 - z) - z/tau: ten hours do not do ten times what one hour does.
    """
    return per_h * c / (c + half_ng_per_ml)


@scalar
def relief(z: float, emax: float, half: float) -> float:
    """Return the share of the depressive burden that the signal takes away."""
    return emax * z / (z + half)


@scalar
def mood_target(r: float, r0: float, h: float, h0: float, by_pain: float, by_sleep: float) -> float:
    """Return where the burden settles: 1 at usual pain r0 and usual sleep h0 (all 0 to 1)."""
    return max(1.0 + by_pain * (r - r0) / PAIN_OF_COUPLING + by_sleep * (h - h0), 0.0)


@scalar
def sleep_target(h0: float, r: float, r0: float, m: float, by_pain: float, by_mood: float) -> float:
    """Return where sleep disturbance (0 to 1) settles."""
    return min(max(h0 * (1.0 + by_pain * (r - r0) / PAIN_OF_COUPLING + by_mood * (m - 1.0)), 0.0), 1.0)


@scalar
def on_pain(m: float, burden0: float, h: float, h0: float, by_mood: float, by_sleep: float) -> float:
    """Return what mood and sleep add to the drive of pain; 0 at baseline.

    ``burden0`` is the PHQ-9 at baseline over 27: a burden that is not there cannot lift.
    """
    return by_mood * burden0 * (m - 1.0) + by_sleep * (h - h0)
