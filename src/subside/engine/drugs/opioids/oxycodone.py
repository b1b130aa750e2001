"""Oxycodone: two compartments (Lamminsalo 2019), half of a swallowed dose past the liver."""

from __future__ import annotations

from subside.engine.drugs.names import background_medicines
from subside.engine.drugs.opioids.kinds import Body, Opioid
from subside.engine.drugs.opioids.sets import assumed, cv, ke0_for_peak, per_h, scale
from subside.evidence import value
from subside.units import MINUTES_PER_H

__all__ = ["build"]


def build(body: Body) -> Opioid:
    """Return oxycodone in the typical person of this body."""
    volumes, flows = scale(body)
    v1, v2 = (value(f"oxycodone_stanpumpr.{v}", unit="L") for v in ("v1", "v2"))
    cl, q = (value(f"oxycodone_stanpumpr.{k}", unit="L/h") for k in ("cl", "q"))
    t_peak = value("oxycodone_stanpumpr.t_peak", unit="min") / MINUTES_PER_H
    return Opioid(
        name="oxycodone",
        v1_l=v1 * volumes,
        v2_l=v2 * volumes,
        v3_l=None,
        cl_l_per_h=cl * flows,
        q2_l_per_h=q * flows,
        q3_l_per_h=None,
        ke0_per_h=ke0_for_peak(t_peak, cl / v1, q / v1, q / v2),
        ka_per_h=per_h("oxycodone_stanpumpr.ka_oral"),
        bioavailability=value("oxycodone_stanpumpr.f_oral", unit="1"),
        omega={
            "cl": cv("villesen_2006.cv_cl_oxycodone"),
            "v": assumed("omega_v"),
            "ke0": assumed("omega_ke0"),
            "c50": assumed("omega_c50"),
        },
        c50_ng_per_ml=assumed("c50_oxycodone", unit="ng/mL"),
        breathing_c50_ng_per_ml=value("recalled_opioid_breathing.c50_oxycodone", unit="ng/mL"),
        mme_factor=background_medicines()["mme_per_mg"]["oxycodone"],
        sources=(
            *(
                f"oxycodone_stanpumpr.{k}"
                for k in ("cl", "v1", "v2", "q", "f_oral", "t_peak", "ka_oral", "meac")
            ),
            "opioid_assumptions.c50_oxycodone",
            "opioid_assumptions.weight_exponent",
            "villesen_2006.cv_cl_oxycodone",
            "recalled_opioid_breathing.c50_oxycodone",
        ),
    )
