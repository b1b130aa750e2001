"""Otto 2021: Fanta 2015's S-ketamine (venous) with re-estimated variability, and S-norketamine.

All S-ketamine clearance is taken to form S-norketamine, mass for mass: its volumes and clearances
are apparent values that absorb the fraction and the molar mass.
"""

from __future__ import annotations

import math

from subside.engine.drugs.enantiomers import r_over_s_clearance
from subside.engine.drugs.from_evidence import omega, typical
from subside.engine.drugs.kinds import Eta, Parameter, PkSet, Residual, TestedRange
from subside.evidence import value

__all__ = ["build", "norketamine_etas", "norketamine_parameters", "norketamine_residual"]


def build() -> PkSet:
    """Return the set. Only V1 and CL (and those of norketamine) scale with weight."""
    v1, cl = _eta("fanta_2015.v1", "v1_l"), _eta("fanta_2015.cl", "cl_l_per_h")
    nk_etas, nk_correlation = norketamine_etas()
    return PkSet(
        name="otto_2021",
        title="Otto 2021 with Fanta 2015, venous, with norketamine",
        site="venous",
        measured="s_ketamine",
        parameters={
            "cl_l_per_h": typical("fanta_2015.cl", weight_exponent=0.75),
            "v1_l": typical("fanta_2015.v1", weight_exponent=1.0),
            "q2_l_per_h": typical("fanta_2015.q1"),
            "v2_l": typical("fanta_2015.vp1"),
            "q3_l_per_h": typical("fanta_2015.q2"),
            "v3_l": typical("fanta_2015.vp2"),
            **norketamine_parameters(),
        },
        etas=(v1, cl, *nk_etas),
        correlations=(
            (0, 1, value("fanta_2015.cov_v1_cl", unit="1") / (v1.omega * cl.omega)),
            (2, 3, nk_correlation),
        ),
        tested=TestedRange(
            age_years=(18.0, math.inf),
            weight_kg=None,
            longest_infusion_h=24.0,
            repeats=False,
            drug_forms=("esketamine",),
            population="48 healthy adults, venous samples; disposition from 11 healthy men up to 23.5 h",
        ),
        residual={
            "ketamine": Residual(proportional_sd=value("otto_2021.residual_ketamine", unit="1")),
            **norketamine_residual(),
        },
        r_factors={"cl_l_per_h": r_over_s_clearance()},
    )


def norketamine_parameters() -> dict[str, Parameter]:
    """Return the typical values of norketamine, as a composite set can take them over."""
    return {
        "nk_fraction": Parameter(value=1.0, figures=("otto_2021.nk_v",)),
        "nk_v1_l": typical("otto_2021.nk_v", weight_exponent=1.0),
        "nk_cl_l_per_h": typical("otto_2021.nk_cl", weight_exponent=0.75),
        "nk_q_l_per_h": typical("otto_2021.nk_q"),
        "nk_v2_l": typical("otto_2021.nk_vp"),
    }


def norketamine_etas() -> tuple[tuple[Eta, Eta], float]:
    """Return how people differ in volume and clearance of norketamine, and the correlation of both."""
    volume, clearance = _eta("otto_2021.nk_v", "nk_v1_l"), _eta("otto_2021.nk_cl", "nk_cl_l_per_h")
    covariance = value("otto_2021.nk_cov_v_cl", unit="1")
    return (volume, clearance), covariance / (volume.omega * clearance.omega)


def norketamine_residual() -> dict[str, Residual]:
    """Return the residual error of norketamine."""
    return {"norketamine": Residual(proportional_sd=value("otto_2021.residual_norketamine", unit="1"))}


def _eta(figure_id: str, parameter: str) -> Eta:
    return Eta(parameters=(parameter,), omega=omega(figure_id), figures=(figure_id,))
