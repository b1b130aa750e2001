"""One opioid of a case as the linear part reads it: mg in, multiples of its half effect out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from subside.case import Patient
from subside.engine.drugs.opioids import opioid
from subside.engine.systems.chronic_pain.layout import (
    INPUT_OPIOID,
    O_CENTRAL,
    O_DEPOT,
    O_PERIPHERAL_1,
    O_PERIPHERAL_2,
    O_SITE,
    OPIOID_FIRST,
    PER_OPIOID,
)

Array = NDArray[np.float64]
Entry = tuple[tuple[int, int], Array]

#: What differs between people, each by a log-normal factor of its own.
DIFFER = ("cl", "v", "ke0", "c50")


def opioid_rates(name: str, slot: int, patient: Patient, z: Array) -> tuple[list[Entry], Array]:
    """Return the rates of one opioid in every person, and how much of its level acts on breathing.

    Args:
        name: One of ``drugs.opioids.OPIOIDS``.
        slot: Which of the system's opioids it is.
        patient: Weight, age, height and sex.
        z: Standard normals in the order of ``DIFFER``. Shape ``(person, 4)``.

    Returns:
        Rates in 1/h with their place (row, column), and the factor from multiples of the level that
        halves pain to multiples of the one that halves the drive to breathe. Shape ``(person,)`` each.
    """
    drug = opioid(
        name,
        weight_kg=patient.weight_kg,
        age_years=float(patient.age_years),
        height_cm=patient.height_cm,
        sex=patient.sex,
    )
    clearance, volume, speed, potency = (
        np.exp(drug.omega.get(part, 0.0) * z[:, i]) for i, part in enumerate(DIFFER)
    )
    first = OPIOID_FIRST + slot * PER_OPIOID
    depot, central, site = first + O_DEPOT, first + O_CENTRAL, first + O_SITE
    v1_l, ke0 = drug.v1_l * volume, drug.ke0_per_h * speed
    c50 = drug.c50_ng_per_ml * potency
    one = np.ones(len(z))
    leaving = drug.cl_l_per_h * clearance / v1_l
    rates: list[Entry] = [((central, INPUT_OPIOID + slot), one)]
    for state, q_l_per_h, v_l in (
        (first + O_PERIPHERAL_1, drug.q2_l_per_h, drug.v2_l),
        (first + O_PERIPHERAL_2, drug.q3_l_per_h, drug.v3_l),
    ):
        if q_l_per_h is None or v_l is None:
            continue
        back = q_l_per_h / (v_l * volume)
        leaving = leaving + q_l_per_h / v1_l
        rates += [((state, central), q_l_per_h / v1_l), ((central, state), back), ((state, state), -back)]
    rates.append(((central, central), -leaving))
    if drug.ka_per_h is not None and drug.bioavailability is not None:
        rates += [
            ((depot, depot), -drug.ka_per_h * one),
            ((central, depot), drug.ka_per_h * drug.bioavailability * one),
        ]
    rates += [((site, central), ke0 * 1000.0 / (v1_l * c50)), ((site, site), -ke0)]
    return rates, c50 / drug.breathing_c50_ng_per_ml
