"""Herd 2007: racemate in children, short sampling; two compartments, variability published.

Samples end at 152 min: the slow compartment that long infusions fill is not in it.
"""

from __future__ import annotations

from subside.engine.drugs.enantiomers import r_over_s_clearance, s_over_racemate_clearance
from subside.engine.drugs.from_evidence import omega, typical
from subside.engine.drugs.kinds import Eta, PkSet, TestedRange

__all__ = ["build"]


def build() -> PkSet:
    """Return the set."""
    return PkSet(
        name="herd_2007",
        title="Herd 2007, children in an emergency department",
        site="unstated",
        measured="racemate",
        parameters={
            "cl_l_per_h": typical("herd_2007.cl", weight_exponent=0.75),
            "v1_l": typical("herd_2007.v1", weight_exponent=1.0),
            "q2_l_per_h": typical("herd_2007.q", weight_exponent=0.75),
            "v2_l": typical("herd_2007.v2", weight_exponent=1.0),
        },
        etas=(
            _eta("cl", "cl_l_per_h"),
            _eta("v1", "v1_l"),
            _eta("q", "q2_l_per_h"),
            _eta("v2", "v2_l"),
        ),
        tested=TestedRange(
            # mean and two standard deviations of either; the range itself is not at hand
            age_years=(1.3, 15.3),
            weight_kg=(8.0, 64.0),
            longest_infusion_h=152.0 / 60.0,
            repeats=False,
            drug_forms=("racemic_ketamine",),
            population="54 children, 8.3 (SD 3.5) years, single doses for painful procedures",
        ),
        residual={},
        s_clearance_factor=s_over_racemate_clearance(),
        r_factors={"cl_l_per_h": r_over_s_clearance()},
    )


def _eta(name: str, parameter: str) -> Eta:
    figure_id = f"herd_2007.{name}"
    return Eta(parameters=(parameter,), omega=omega(figure_id), figures=(figure_id,))
