"""Kamp 2020: pooled arterial core, and the same core with the norketamine of Otto 2021.

The paper's two venous delay compartments and its variability are not at hand: the delay is one
fitted rate constant (``subside.validation.pk_sets``), the variability is assumed and says so.
"""

from __future__ import annotations

import math

from subside.engine.drugs.enantiomers import r_over_s_clearance, s_over_racemate_clearance
from subside.engine.drugs.from_evidence import typical
from subside.engine.drugs.kinds import Eta, PkSet, TestedRange
from subside.engine.drugs.otto_2021 import (
    norketamine_etas,
    norketamine_parameters,
    norketamine_residual,
)
from subside.evidence import value

__all__ = ["core", "with_norketamine"]

_CAUTIONS = (
    (
        "pk_variability_assumed",
        "The spread between people of the Kamp 2020 core is assumed from other sets, not the paper's own.",
        ("pk_assumptions.kamp_omega2_cl", "pk_assumptions.kamp_omega2_v1"),
    ),
    (
        "pk_venous_delay_fitted",
        "Venous levels follow arterial ones with one fitted delay; the paper has two compartments.",
        ("fitted_venous_delay.kamp_2020",),
    ),
)


def core() -> PkSet:
    """Return the arterial core: ketamine alone, no metabolites."""
    return PkSet(
        name="kamp_2020",
        title="Kamp 2020, pooled raw data of 14 studies, arterial core",
        site="arterial",
        measured="pooled",
        parameters={
            "cl_l_per_h": typical("kamp_2020.cl", weight_exponent=0.75),
            "v1_l": typical("kamp_2020.v1", weight_exponent=1.0),
            "q2_l_per_h": typical("kamp_2020.q2", weight_exponent=0.75),
            "v2_l": typical("kamp_2020.v2", weight_exponent=1.0),
            "q3_l_per_h": typical("kamp_2020.q3", weight_exponent=0.75),
            "v3_l": typical("kamp_2020.v3", weight_exponent=1.0),
            "venous_per_h": typical("fitted_venous_delay.kamp_2020"),
        },
        etas=_etas(),
        tested=_tested("children and adults of 14 raw data sets, healthy and patients"),
        residual={},
        s_clearance_factor=_s_factor(),
        r_factors={"cl_l_per_h": r_over_s_clearance()},
        cautions=_CAUTIONS,
    )


def with_norketamine() -> PkSet:
    """Return the core with the norketamine of Otto 2021: the set that stands in when none is named.

    Simons 2022's norketamine lies a third too low behind this core, against the arterial curves of
    Kamp 2020 (Br J Anaesth); Otto's lies within the reading error (``subside.validation.pk_sets``).
    """
    bare = core()
    etas, correlation = norketamine_etas()
    return PkSet(
        name="kamp_2020_norketamine",
        title="Kamp 2020 arterial core with the norketamine of Otto 2021",
        site=bare.site,
        measured=bare.measured,
        parameters={**bare.parameters, **norketamine_parameters()},
        etas=(*bare.etas, *etas),
        correlations=((bare.n_eta, bare.n_eta + 1, correlation),),
        tested=bare.tested,
        residual=norketamine_residual(),
        s_clearance_factor=bare.s_clearance_factor,
        r_factors=bare.r_factors,
        cautions=(
            *bare.cautions,
            (
                "pk_composite",
                "A composite: ketamine from Kamp 2020, norketamine from Otto 2021 (48 healthy adults, "
                "esketamine, venous samples). Hydroxynorketamine is not described.",
                ("kamp_2020.cl", "otto_2021.nk_cl"),
            ),
        ),
    )


def _etas() -> tuple[Eta, ...]:
    def assumed(parameter: str, name: str) -> Eta:
        figure_id = f"pk_assumptions.{name}"
        return Eta(
            parameters=(parameter,),
            omega=math.sqrt(value(figure_id, unit="1")),
            figures=(figure_id,),
            basis="assumed",
        )

    return (
        assumed("cl_l_per_h", "kamp_omega2_cl"),
        assumed("v1_l", "kamp_omega2_v1"),
        assumed("q3_l_per_h", "kamp_omega2_q3"),
        assumed("v3_l", "kamp_omega2_v3"),
    )


def _s_factor() -> float:
    share = value("pk_assumptions.pooled_share", unit="1")
    return 1.0 + share * (s_over_racemate_clearance() - 1.0)


def _tested(population: str) -> TestedRange:
    return TestedRange(
        age_years=(2.0, math.inf),  # children are among the data, ages not at hand; no maturation below 2 y
        weight_kg=None,
        longest_infusion_h=None,
        repeats=False,
        drug_forms=("esketamine", "racemic_ketamine"),
        population=population,
    )
