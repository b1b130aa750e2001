"""Simons 2022: S-ketamine, S-norketamine and S-hydroxynorketamine, arterial, chains of two compartments.

All eliminated ketamine enters a chain of two equal compartments; 0.8 of what leaves it becomes
norketamine. What norketamine eliminates enters a second chain; 0.7 of it becomes
hydroxynorketamine. Mole for mole. Inter-occasion variability is left out (it belongs to a day, not
to a person, and its largest term sits in an unclear row of the paper's table).
"""

from __future__ import annotations

from subside.engine.drugs.enantiomers import r_over_s_clearance
from subside.engine.drugs.from_evidence import omega, residual_ng_per_ml, typical
from subside.engine.drugs.kinds import Eta, Parameter, PkSet, Residual, TestedRange
from subside.evidence import value
from subside.units import MOLAR_MASS_G_PER_MOL

__all__ = ["build"]

_FLOW, _VOLUME = 0.75, 1.0  # powers of weight: simons_2022.exponent_cl and exponent_v, assumed there


def build() -> PkSet:
    """Return the set."""
    return PkSet(
        name="simons_2022",
        title="Simons 2022, arterial, with norketamine and hydroxynorketamine",
        site="arterial",
        measured="s_ketamine",
        parameters={
            "cl_l_per_h": _scaled("cl", _FLOW),
            "v1_l": _scaled("v1", _VOLUME),
            "q2_l_per_h": _scaled("q2", _FLOW),
            "v2_l": _scaled("v2", _VOLUME),
            "q3_l_per_h": _scaled("q3", _FLOW),
            "v3_l": _scaled("v3", _VOLUME),
            "venous_per_h": typical("fitted_venous_delay.simons_2022"),
            **_metabolite_parameters(),
        },
        etas=(
            _eta("cl", "cl_l_per_h"),
            # one volume serves ketamine and norketamine
            _eta("v1", "v1_l", "nk_v1_l"),
            _eta("q3", "q3_l_per_h"),
            *_metabolite_etas(),
        ),
        tested=TestedRange(
            age_years=(19.0, 32.0),
            weight_kg=(53.0, 93.0),
            longest_infusion_h=1.0 / 3.0,
            repeats=False,
            drug_forms=("esketamine",),
            population="20 healthy adults, half women; oral thin film, then 20 mg over 20 min",
        ),
        residual={
            "ketamine": Residual(proportional_sd=value("simons_2022.residual_ketamine", unit="1")),
            **_metabolite_residual(),
        },
        r_factors={"cl_l_per_h": r_over_s_clearance()},
        molar=True,
        cautions=(
            (
                "pk_weight_exponents_assumed",
                "Simons 2022 does not print how values scale with weight; powers 0.75 and 1 are assumed.",
                ("simons_2022.exponent_cl", "simons_2022.exponent_v"),
            ),
            (
                "pk_venous_delay_fitted",
                "Venous levels follow arterial ones with one fitted delay that is no part of the paper.",
                ("fitted_venous_delay.simons_2022",),
            ),
        ),
    )


def _metabolite_parameters() -> dict[str, Parameter]:
    """Return the typical values of the two metabolites."""
    return {
        "nk_mtt_h": _scaled("nk_mtt", 0.0),
        "nk_fraction": _scaled("nk_fraction", 0.0),
        "nk_v1_l": _scaled("nk_v1", _VOLUME),
        "nk_cl_l_per_h": _scaled("nk_cl", _FLOW),
        "nk_q_l_per_h": _scaled("nk_q", _FLOW),
        "nk_v2_l": _scaled("nk_v2", _VOLUME),
        "hnk_mtt_h": _scaled("hnk_mtt", 0.0),
        "hnk_fraction": _scaled("hnk_fraction", 0.0),
        "hnk_v1_l": _scaled("hnk_v1", _VOLUME),
        "hnk_cl_l_per_h": _scaled("hnk_cl", _FLOW),
        "hnk_q_l_per_h": _scaled("hnk_q", _FLOW),
        "hnk_v2_l": _scaled("hnk_v2", _VOLUME),
    }


def _metabolite_etas() -> tuple[Eta, ...]:
    """Return how people differ in the metabolites' own parameters."""
    return (
        _eta("nk_mtt", "nk_mtt_h"),
        _eta("nk_cl", "nk_cl_l_per_h"),
        _eta("hnk_v1", "hnk_v1_l"),
        _eta("hnk_cl", "hnk_cl_l_per_h"),
        _eta("hnk_q", "hnk_q_l_per_h"),
    )


def _metabolite_residual() -> dict[str, Residual]:
    """Return the residual error of the two metabolites."""
    return {
        "norketamine": Residual(
            proportional_sd=value("simons_2022.residual_norketamine", unit="1"),
            additive_ng_per_ml=residual_ng_per_ml(
                "simons_2022.residual_norketamine_additive", g_per_mol=MOLAR_MASS_G_PER_MOL["norketamine"]
            ),
        ),
        "hydroxynorketamine": Residual(
            proportional_sd=value("simons_2022.residual_hnk", unit="1"),
            additive_ng_per_ml=residual_ng_per_ml(
                "simons_2022.residual_hnk_additive", g_per_mol=MOLAR_MASS_G_PER_MOL["hydroxynorketamine"]
            ),
        ),
    }


def _scaled(name: str, weight_exponent: float) -> Parameter:
    return typical(f"simons_2022.{name}", weight_exponent=weight_exponent)


def _eta(name: str, *parameters: str) -> Eta:
    figure_id = f"simons_2022.{name}"
    return Eta(parameters=parameters, omega=omega(figure_id), figures=(figure_id,))
