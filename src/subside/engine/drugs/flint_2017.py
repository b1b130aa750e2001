"""Flint 2017: S-ketamine by long infusion in ventilated children, with S-norketamine.

Norketamine's apparent volume is fixed at 1 L per 70 kg: it follows ketamine within minutes. Its
clearance rises 0.87 % per hour from the first dose; because it is quasi-steady, dividing its level
by that rise (``subside.engine.pk.norketamine_drift_factor``) is exact to the time it takes to
settle, about one minute.
"""

from __future__ import annotations

from subside.engine.drugs.enantiomers import r_over_s_clearance
from subside.engine.drugs.from_evidence import omega, typical
from subside.engine.drugs.kinds import Eta, Parameter, PkSet, Residual, TestedRange
from subside.evidence import value

__all__ = ["build"]


def build() -> PkSet:
    """Return the set."""
    return PkSet(
        name="flint_2017",
        title="Flint 2017, ventilated children, with norketamine",
        site="unstated",
        measured="s_ketamine",
        parameters={
            "cl_l_per_h": typical("flint_2017.cl", weight_exponent=0.75),
            "v1_l": typical("flint_2017.v1", weight_exponent=1.0),
            "q2_l_per_h": typical("flint_2017.q", weight_exponent=0.75),
            "v2_l": typical("flint_2017.v2", weight_exponent=1.0),
            "nk_fraction": Parameter(value=1.0, figures=("flint_2017.nk_cl",)),
            "nk_v1_l": typical("flint_2017.nk_v", weight_exponent=1.0),
            "nk_cl_l_per_h": typical("flint_2017.nk_cl", weight_exponent=0.75),
        },
        etas=(_eta("cl", "cl_l_per_h"), _eta("nk_cl", "nk_cl_l_per_h")),
        correlations=((0, 1, value("flint_2017.nk_cl_correlation", unit="1")),),
        norketamine_cl_drift_per_h=value("flint_2017.nk_cl_drift", unit="%/h") / 100.0,
        tested=TestedRange(
            age_years=(0.02, 12.5),
            weight_kg=(3.4, 35.0),
            longest_infusion_h=None,
            repeats=False,
            drug_forms=("esketamine",),
            population="25 ventilated children in intensive care",
        ),
        residual={
            "ketamine": Residual(proportional_sd=value("flint_2017.residual_ketamine", unit="1")),
            "norketamine": Residual(proportional_sd=value("flint_2017.residual_norketamine", unit="1")),
        },
        r_factors={"cl_l_per_h": r_over_s_clearance()},
        cautions=(
            (
                "pk_norketamine_clearance_drifts",
                "Norketamine clearance rises 0.87 % per hour from the first dose (Flint 2017); the rise is "
                "poorly known (relative standard error 70 %).",
                ("flint_2017.nk_cl_drift",),
            ),
            (
                "pk_norketamine_fast_phase",
                "Flint 2017 fixes the norketamine volume at 1 L per 70 kg and has one sample a day: its "
                "norketamine holds for long infusions, not for the first hours.",
                ("flint_2017.nk_v",),
            ),
        ),
    )


def _eta(name: str, parameter: str) -> Eta:
    figure_id = f"flint_2017.{name}"
    return Eta(parameters=(parameter,), omega=omega(figure_id), figures=(figure_id,))
