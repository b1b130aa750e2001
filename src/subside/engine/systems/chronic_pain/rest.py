"""The equations of breathing at rest, over people: compiled once and kept, like the loop."""

from __future__ import annotations

from subside.engine.effects.breathing import arterial_co2, drive_left, saturation
from subside.engine.kernel.jit import compiled


@compiled
def retained_co2(opioid, benzodiazepine, interaction, gain_mmhg, out):  # type: ignore[no-untyped-def]
    """Fill ``out`` with how far regular medicines hold resting carbon dioxide up, in mmHg."""
    for i in range(out.shape[0]):
        left = drive_left(0.0, opioid[i], benzodiazepine[i], interaction[i])
        out[i] = arterial_co2(left, gain_mmhg[i]) - arterial_co2(1.0, gain_mmhg[i])


@compiled
def resting_saturation(paco2, fio2, gradient_mmhg, out):  # type: ignore[no-untyped-def]
    """Fill ``out`` with the oxygen saturation (%) of each person at rest."""
    for i in range(out.shape[0]):
        out[i] = saturation(paco2[i], fio2, gradient_mmhg[i])
