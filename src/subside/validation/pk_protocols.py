"""The published protocols behind the traced curves, given to any named set."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.drugs import PkSet
from subside.engine.pk import Covariates, Infusion, individual, levels
from subside.evidence.curves import TracedCurve

__all__ = ["TYPICAL_WEIGHT_KG", "predict", "stepped_infusion"]

TYPICAL_WEIGHT_KG: Final = 70.0  # neither paper's mean weight is at hand; doses of Kamp 2020 are per kg

# mg/kg/h of each enantiomer in three steps of 60 min: kamp_2020_bja
_STEPS_MG_PER_KG_PER_H: Final = (0.14, 0.28, 0.57)
# mg of each enantiomer over 30 min: half of 5 mg racemate, hasan_2021
_HASAN_MG, _HASAN_H = 2.5, 0.5


def stepped_infusion(weight_kg: float = TYPICAL_WEIGHT_KG) -> tuple[Infusion, ...]:
    """Return the stepped infusion of Kamp 2020 (Br J Anaesth), of one enantiomer."""
    return tuple(
        Infusion(start_h=float(hour), end_h=hour + 1.0, mg_per_h=rate * weight_kg)
        for hour, rate in enumerate(_STEPS_MG_PER_KG_PER_H)
    )


def predict(pk_set: PkSet, curve: TracedCurve) -> NDArray[np.float64] | None:
    """Return the typical person's level at the curve's times in ng/mL, or None if not described.

    Shape ``(time,)``. Arterial curves are compared with a set's arterial level, which a venous set
    does not have: its venous level stands in.
    """
    doses = (
        stepped_infusion()
        if curve.name.startswith("kamp_2020_bja")
        else (Infusion(start_h=0.0, end_h=_HASAN_H, mg_per_h=_HASAN_MG / _HASAN_H),)
    )
    enantiomer, _, substance = curve.analyte.partition("_")
    if curve.analyte == "hydroxynorketamine":
        s, r = (_of(pk_set, "hydroxynorketamine", e, doses, curve.times_h) for e in ("s", "r"))
        return None if s is None or r is None else s + r
    output = curve.site if substance == "ketamine" else substance
    return _of(pk_set, output, enantiomer, doses, curve.times_h)


def _of(
    pk_set: PkSet, output: str, enantiomer: str, doses: tuple[Infusion, ...], times_h: tuple[float, ...]
) -> NDArray[np.float64] | None:
    person = Covariates(weight_kg=[TYPICAL_WEIGHT_KG])
    parameters = individual(pk_set, person, enantiomer="r" if enantiomer == "r" else "s")
    found = levels(pk_set, parameters, doses, times_h)
    return found[output][0] if output in found else None
