"""Domino 1984: racemic bolus in surgical patients; rate constants per minute, volumes per kg."""

from __future__ import annotations

import math

from subside.engine.drugs.enantiomers import r_over_s_clearance, s_over_racemate_clearance
from subside.engine.drugs.from_evidence import typical
from subside.engine.drugs.kinds import Eta, Parameter, PkSet, TestedRange
from subside.evidence import value

__all__ = ["build"]


def build() -> PkSet:
    """Return the set; everything scales with weight to the power 1, as it was reported per kg."""
    v1, k10, k12, k13, k21, k31 = (
        typical(f"domino_1984.{name}") for name in ("v1", "k10", "k12", "k13", "k21", "k31")
    )

    def product(a: Parameter, b: Parameter, divisor: Parameter | None = None) -> Parameter:
        below = (divisor,) if divisor else ()
        return Parameter(
            value=a.value * b.value / (divisor.value if divisor else 1.0),
            weight_exponent=1.0,
            figures=tuple(f for part in (a, b, *below) for f in part.figures),
        )

    return PkSet(
        name="domino_1984",
        title="Domino 1984, racemic bolus in surgical patients",
        site="unstated",
        measured="racemate",
        parameters={
            "cl_l_per_h": product(k10, v1),
            "v1_l": Parameter(value=v1.value, weight_exponent=1.0, figures=v1.figures),
            "q2_l_per_h": product(k12, v1),
            "v2_l": product(k12, v1, k21),
            "q3_l_per_h": product(k13, v1),
            "v3_l": product(k13, v1, k31),
        },
        etas=(
            _assumed("cl_l_per_h", "domino_omega2_cl"),
            _assumed("v1_l", "domino_omega2_v1"),
        ),
        tested=TestedRange(
            age_years=(18.0, math.inf),
            weight_kg=None,
            longest_infusion_h=0.0,
            repeats=False,
            drug_forms=("racemic_ketamine",),
            population="adult surgical patients, one intravenous bolus",
        ),
        residual={},
        s_clearance_factor=s_over_racemate_clearance(),
        r_factors={"cl_l_per_h": r_over_s_clearance()},
        cautions=(
            (
                "pk_variability_assumed",
                "The spread between people of the Domino 1984 set is assumed, not the paper's own.",
                ("pk_assumptions.domino_omega2_cl", "pk_assumptions.domino_omega2_v1"),
            ),
            (
                "pk_site_unstated",
                "Where Domino 1984 took its samples is not at hand; its levels are shown as arterial.",
                ("domino_1984.v1",),
            ),
        ),
    )


def _assumed(parameter: str, name: str) -> Eta:
    figure_id = f"pk_assumptions.{name}"
    return Eta(
        parameters=(parameter,),
        omega=math.sqrt(value(figure_id, unit="1")),
        figures=(figure_id,),
        basis="assumed",
    )
