"""Morphine: three compartments ("Lötsch" set), a slow effect site, little of it past the liver.

Morphine-6-glucuronide, which carries part of the effect of swallowed morphine, is not a state of its
own: equal levels of morphine are taken to mean equal effect by either route.
"""

from __future__ import annotations

from subside.engine.drugs.names import background_medicines
from subside.engine.drugs.opioids.kinds import Body, Opioid
from subside.engine.drugs.opioids.sets import REFERENCE_KG, assumed, cv, ke0_for_peak, per_h, scale
from subside.evidence import value
from subside.units import MINUTES_PER_H

__all__ = ["build"]


def build(body: Body) -> Opioid:
    """Return morphine in the typical person of this body."""
    volumes, flows = scale(body)
    v1 = value("morphine_stanpumpr.v1", unit="L/kg") * REFERENCE_KG
    k10, k12, k13, k21, k31 = (per_h(f"morphine_stanpumpr.{k}") for k in ("k10", "k12", "k13", "k21", "k31"))
    t_peak = value("morphine_stanpumpr.t_peak", unit="min") / MINUTES_PER_H
    return Opioid(
        name="morphine",
        v1_l=v1 * volumes,
        v2_l=v1 * k12 / k21 * volumes,
        v3_l=v1 * k13 / k31 * volumes,
        cl_l_per_h=v1 * k10 * flows,
        q2_l_per_h=v1 * k12 * flows,
        q3_l_per_h=v1 * k13 * flows,
        ke0_per_h=ke0_for_peak(t_peak, k10, k12, k21, k13, k31),
        ka_per_h=assumed("morphine_ka", unit="1/h"),
        bioavailability=value("westerling_1993.f_solution", unit="%") / 100.0,
        omega={
            "cl": cv("villesen_2006.cv_cl_morphine"),
            "v": assumed("omega_v"),
            "ke0": assumed("omega_ke0"),
            "c50": assumed("omega_c50"),
        },
        c50_ng_per_ml=assumed("c50_morphine", unit="ng/mL"),
        breathing_c50_ng_per_ml=value("romberg_2003.c50_ventilation", unit="ng/mL"),
        breathing_hill=value("dahan_2004.hill_breathing", unit="1"),
        mme_factor=background_medicines()["mme_per_mg"]["morphine"],
        sources=(
            *(f"morphine_stanpumpr.{k}" for k in ("v1", "k10", "k12", "k13", "k21", "k31", "t_peak", "meac")),
            "westerling_1993.f_solution",
            "opioid_assumptions.morphine_ka",
            "opioid_assumptions.c50_morphine",
            "opioid_assumptions.weight_exponent",
            "villesen_2006.cv_cl_morphine",
            "romberg_2003.c50_ventilation",
            "dahan_2004.hill_breathing",
        ),
    )
