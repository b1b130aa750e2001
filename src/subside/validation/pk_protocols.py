"""The published protocols behind the traced curves, given to any named set."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.drugs import PkSet
from subside.engine.pk import Covariates, Infusion, individual, levels, plasma_clearance
from subside.evidence.curves import TracedCurve

__all__ = ["TYPICAL_WEIGHT_KG", "arterial_peak", "predict", "racemate_clearance", "stepped_infusion"]

TYPICAL_WEIGHT_KG: Final = 70.0  # neither paper's mean weight is at hand; doses of Kamp 2020 are per kg

# mg/kg/h of each enantiomer in three steps of 60 min: kamp_2020_bja
_STEPS_MG_PER_KG_PER_H: Final = (0.14, 0.28, 0.57)
# mg of each enantiomer over 30 min: half of 5 mg racemate, hasan_2021
_HASAN_MG, _HASAN_H = 2.5, 0.5
# simons_2022.peak_after_50mg_film and peak_after_100mg_film
_SIMONS_MG, _SIMONS_H, _SIMONS_WEIGHT_KG = 20.0, 1.0 / 3.0, 73.0


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


def arterial_peak(pk_set: PkSet) -> float:
    """Return the arterial level in ng/mL after 20 mg esketamine over 20 min at 73 kg (Simons 2022)."""
    parameters = individual(pk_set, Covariates(weight_kg=[_SIMONS_WEIGHT_KG]))
    dose = Infusion(start_h=0.0, end_h=_SIMONS_H, mg_per_h=_SIMONS_MG / _SIMONS_H)
    return float(levels(pk_set, parameters, (dose,), [_SIMONS_H])["arterial"][0, 0])


def racemate_clearance(pk_set: PkSet) -> float:
    """Return the apparent clearance of racemic ketamine at 70 kg in L/h: dose over total exposure."""
    person = Covariates(weight_kg=[TYPICAL_WEIGHT_KG])
    s, r = (plasma_clearance(individual(pk_set, person, enantiomer=e))[0] for e in ("s", "r"))
    return float(2.0 / (1.0 / s + 1.0 / r))


def _of(
    pk_set: PkSet, output: str, enantiomer: str, doses: tuple[Infusion, ...], times_h: tuple[float, ...]
) -> NDArray[np.float64] | None:
    person = Covariates(weight_kg=[TYPICAL_WEIGHT_KG])
    parameters = individual(pk_set, person, enantiomer="r" if enantiomer == "r" else "s")
    found = levels(pk_set, parameters, doses, times_h)
    return found[output][0] if output in found else None
