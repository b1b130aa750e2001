"""Resting circulation and breathing of people as the loop reads them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.effects.breathing import (
    BAROMETRIC_MMHG,
    DEAD_SPACE_GRADIENT_MMHG,
    OXYGEN_LOST,
    RESPIRATORY_QUOTIENT,
    ROOM_AIR,
    SEVERINGHAUS_CUBIC,
    SEVERINGHAUS_LINEAR,
    WATER_VAPOR_MMHG,
)
from subside.engine.population.baselines import Baselines
from subside.engine.population.described import Described
from subside.engine.population.draws import Draws
from subside.engine.systems.chronic_pain.rest import resting_saturation, retained_co2

Array = NDArray[np.float64]

LEAST_GRADIENT_MMHG = 5.0  # alveolar minus arterial oxygen: the lowest of respiratory_physiology


def vital_signs(
    put: Callable[[str, Array | float], None], case: Case, draws: Draws, start: Baselines, who: Described
) -> None:
    """Put every parameter of circulation and breathing, one value a person or one for all."""
    v = draws.values
    put("sbp_0", start["sbp_mmhg"])
    put("dbp_0", start["dbp_mmhg"])
    put("hr_0", start["hr_bpm"])
    put("rr_0", start["rr_per_min"])
    decades = np.maximum(who.stated["age_years"] - 40.0, 0.0) / 10.0
    steeper = 1.0 + v["pressure_rise_per_decade"] * decades
    put("sbp_emax", v["sbp_emax"] * steeper)
    put("dbp_emax", v["dbp_emax"] * steeper)
    mme = who.opioids_mg_per_d
    share = mme / (mme + v["opioid_half_mme_per_d"])
    put("opioid_drive", share)
    takes = np.where(who.benzodiazepine, 1.0, 0.0)
    benzodiazepine = v["benzodiazepine_drive"] * takes
    put("benzodiazepine_drive", benzodiazepine)
    put("benzodiazepine_sedation", v["benzodiazepine_sedation"] * takes)
    counteracts = draws.choices["opioid_counteraction"] == "on"
    put("opioid_reversible_share", np.where(counteracts, v["opioid_reversible_share"], 0.0))
    fio2 = min(ROOM_AIR + 0.04 * (case.patient.oxygen_l_per_min or 0.0), 0.6)
    put("added_oxygen_fio2", fio2)
    # Stated resting values already hold what regular medicines do; a stand-in does not.
    etco2 = start["etco2_mmhg"]
    if "etco2_mmhg" in start.stand_ins and np.any((mme > 0.0) | (takes > 0.0)):
        held = np.empty_like(etco2)
        retained_co2(share, benzodiazepine, v["drive_interaction"], v["co2_gain_mmhg"], held)
        etco2 = etco2 + held
    put("etco2_0", etco2)
    stated = start["spo2_percent"]
    gradient = np.maximum(oxygen_gradient(stated, etco2, fio2), LEAST_GRADIENT_MMHG)
    put("oxygen_gradient_mmhg", gradient)
    paco2 = etco2 + DEAD_SPACE_GRADIENT_MMHG
    modeled = np.empty_like(paco2)
    resting_saturation(paco2, float(fio2), gradient, modeled)
    # What is left is a reading error of the oximeter: it stays with the person.
    put("spo2_offset_percent", stated - modeled)


def oxygen_gradient(spo2_percent: Array, etco2_mmhg: Array, fio2: float) -> Array:
    """Return the alveolar minus arterial tension (mmHg) that goes with a resting saturation."""
    share = spo2_percent / 100.0
    wanted = SEVERINGHAUS_CUBIC * share / (1.0 - share)
    p = np.cbrt(wanted)
    for _ in range(30):  # Newton on p^3 + 150 p = wanted, monotone and convex from above
        p = p - (p**3 + SEVERINGHAUS_LINEAR * p - wanted) / (3.0 * p**2 + SEVERINGHAUS_LINEAR)
    dry = BAROMETRIC_MMHG - WATER_VAPOR_MMHG
    alveolar = fio2 * dry - (etco2_mmhg + DEAD_SPACE_GRADIENT_MMHG) / RESPIRATORY_QUOTIENT
    gradient: Array = alveolar - OXYGEN_LOST * (fio2 - ROOM_AIR) * dry - p
    return gradient
