"""Fentanyl: three compartments (Scott & Stanski 1987), a fast effect site; by vein or through the skin."""

from __future__ import annotations

from subside.engine.drugs.names import background_medicines
from subside.engine.drugs.opioids.kinds import Body, Opioid
from subside.engine.drugs.opioids.sets import assumed, ke0_for_peak, per_h, scale
from subside.evidence import value
from subside.units import H_PER_DAY, MCG_PER_MG, MINUTES_PER_H

__all__ = ["build"]


def build(body: Body) -> Opioid:
    """Return fentanyl in the typical person of this body."""
    volumes, flows = scale(body)
    v1, v2, v3 = (value(f"fentanyl_stanpumpr.{v}", unit="L/70 kg") for v in ("v1", "v2", "v3"))
    cl, q2, q3 = (per_h(f"fentanyl_stanpumpr.{k}") for k in ("cl", "q2", "q3"))
    t_peak = value("fentanyl_stanpumpr.t_peak", unit="min") / MINUTES_PER_H
    per_d_per_mcg_per_h = background_medicines()["mme_per_d_per_mcg_per_h"]["fentanyl"]
    return Opioid(
        name="fentanyl",
        v1_l=v1 * volumes,
        v2_l=v2 * volumes,
        v3_l=v3 * volumes,
        cl_l_per_h=cl * flows,
        q2_l_per_h=q2 * flows,
        q3_l_per_h=q3 * flows,
        ke0_per_h=ke0_for_peak(t_peak, cl / v1, q2 / v1, q2 / v2, q3 / v1, q3 / v3),
        ka_per_h=None,
        bioavailability=None,
        omega={
            "cl": assumed("omega_cl"),
            "v": assumed("omega_v"),
            "ke0": assumed("omega_ke0"),
            "c50": assumed("omega_c50"),
        },
        c50_ng_per_ml=assumed("c50_fentanyl", unit="ng/mL"),
        breathing_c50_ng_per_ml=value("cartwright_1983.c50_ventilation", unit="ng/mL"),
        mme_factor=per_d_per_mcg_per_h * MCG_PER_MG / H_PER_DAY,
        sources=(
            *(f"fentanyl_stanpumpr.{k}" for k in ("v1", "v2", "v3", "cl", "q2", "q3", "t_peak")),
            "gourlay_1988.mec",
            "opioid_assumptions.c50_fentanyl",
            "opioid_assumptions.omega_cl",
            "opioid_assumptions.weight_exponent",
            "cartwright_1983.c50_ventilation",
        ),
    )
