"""Remifentanil: three compartments that change with age and lean body mass (Minto 1997); by vein only."""

from __future__ import annotations

from subside.engine.drugs.opioids import morphine
from subside.engine.drugs.opioids.kinds import Body, Opioid
from subside.engine.drugs.opioids.sets import assumed, cv, lean_body_mass_kg, mme_factor_of_levels
from subside.evidence import figure, value
from subside.units import MINUTES_PER_H

__all__ = ["build"]

AGE_YEARS, LEAN_KG = 40.0, 55.0  # where the printed values hold
FLOOR = 0.1  # of the value there: the straight lines reach zero beyond a hundred years


def build(body: Body) -> Opioid:
    """Return remifentanil in the typical person of this body."""
    lean = lean_body_mass_kg(body)

    def at(name: str, unit: str) -> float:
        central = value(f"minto_1997.{name}", unit=unit)
        found = central
        found += value(f"minto_1997.{name}_per_year", unit=f"{unit} per y") * (body.age_years - AGE_YEARS)
        if name in ("v1", "v2", "cl1"):
            found += value(f"minto_1997.{name}_per_kg", unit=f"{unit} per kg") * (lean - LEAN_KG)
        return max(found, FLOOR * central)

    cl, q2, q3, ke0 = (
        at(name, unit) * MINUTES_PER_H
        for name, unit in (("cl1", "L/min"), ("cl2", "L/min"), ("cl3", "L/min"), ("ke0", "1/min"))
    )
    c50 = assumed("c50_remifentanil", unit="ng/mL")
    typical = morphine.build(body)
    assert typical.bioavailability is not None
    return Opioid(
        name="remifentanil",
        v1_l=at("v1", "L"),
        v2_l=at("v2", "L"),
        v3_l=value("minto_1997.v3", unit="L"),
        cl_l_per_h=cl,
        q2_l_per_h=q2,
        q3_l_per_h=q3,
        ke0_per_h=ke0,
        ka_per_h=None,
        bioavailability=None,
        omega={
            "cl": cv("minto_1997.cl1"),
            "v": cv("minto_1997.v1"),
            "ke0": cv("minto_1997.ke0"),
            "c50": assumed("omega_c50"),
        },
        c50_ng_per_ml=c50,
        breathing_c50_ng_per_ml=value("bouillon_2003.c50_ventilation", unit="ng/mL"),
        breathing_hill=value("bouillon_2003.hill_ventilation", unit="1"),
        mme_factor=mme_factor_of_levels(
            cl_l_per_h=cl,
            c50_ng_per_ml=c50,
            morphine_cl_l_per_h=typical.cl_l_per_h,
            morphine_f=typical.bioavailability,
        ),
        sources=(
            *(figure(f"minto_1997.{k}").id for k in ("v1", "v2", "v3", "cl1", "cl2", "cl3", "ke0")),
            "opioid_assumptions.c50_remifentanil",
            "bouillon_2003.c50_ventilation",
            "bouillon_2003.hill_ventilation",
        ),
    )
