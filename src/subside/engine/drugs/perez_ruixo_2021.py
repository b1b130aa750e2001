"""Perez-Ruixo 2021: esketamine in 820 adults, venous, eliminated in a liver compartment.

Clearance emerges: CL = Qh Clint / (Qh + Clint), Clint = Vh (kel + kmet). Liver flow falls with age
above 60 years; weight has no effect. Noresketamine's values are apparent.
"""

from __future__ import annotations

from subside.engine.drugs.enantiomers import r_over_s_clearance
from subside.engine.drugs.from_evidence import omega, typical
from subside.engine.drugs.kinds import Eta, PkSet, Residual, TestedRange
from subside.evidence import value

__all__ = ["build"]

_AGE_AT_WHICH_LIVER_FLOW_FALLS = 60.0  # years; perez_ruixo_2021.qh_per_year


def build() -> PkSet:
    """Return the set, for intravenous use (nasal and oral uptake stand in the evidence only)."""
    slope = "perez_ruixo_2021.qh_per_year"
    return PkSet(
        name="perez_ruixo_2021",
        title="Perez-Ruixo 2021, 820 adults, venous, with a liver compartment and norketamine",
        site="venous",
        measured="s_ketamine",
        parameters={
            "v1_l": typical("perez_ruixo_2021.vc"),
            "q2_l_per_h": typical("perez_ruixo_2021.q1"),
            "v2_l": typical("perez_ruixo_2021.vp1"),
            "q3_l_per_h": typical("perez_ruixo_2021.q2"),
            "v3_l": typical("perez_ruixo_2021.vp2"),
            "qh_l_per_h": typical("perez_ruixo_2021.qh"),
            "vh_l": typical("perez_ruixo_2021.vh"),
            "kel_per_h": typical("perez_ruixo_2021.kel"),
            "kmet_per_h": typical("perez_ruixo_2021.kmet"),
            "nk_v1_l": typical("perez_ruixo_2021.nk_vc"),
            "nk_cl_l_per_h": typical("perez_ruixo_2021.nk_cl"),
            "nk_q_l_per_h": typical("perez_ruixo_2021.nk_q"),
            "nk_v2_l": typical("perez_ruixo_2021.nk_vp"),
        },
        etas=(
            _eta("vc", "v1_l"),
            _eta("vp1", "v2_l"),
            _eta("qh", "qh_l_per_h"),
            _eta("vh", "vh_l"),
            _eta("kel", "kel_per_h"),
            _eta("nk_vc", "nk_v1_l"),
            _eta("nk_cl", "nk_cl_l_per_h"),
        ),
        age_slope={
            "qh_l_per_h": (_AGE_AT_WHICH_LIVER_FLOW_FALLS, value(slope, unit="L/h"), slope),
        },
        tested=TestedRange(
            age_years=(18.0, 86.0),
            weight_kg=(39.0, 170.0),
            longest_infusion_h=None,
            repeats=True,
            drug_forms=("esketamine",),
            population="820 adults, a third healthy, the rest with treatment-resistant depression",
        ),
        residual={
            "ketamine": Residual(
                proportional_sd=value("perez_ruixo_2021.residual_ketamine", unit="1"), log_scale=True
            ),
            "norketamine": Residual(
                proportional_sd=value("perez_ruixo_2021.residual_norketamine", unit="1"), log_scale=True
            ),
        },
        r_factors={"cl_l_per_h": r_over_s_clearance()},
        cautions=(
            (
                "pk_norketamine_exposure_high",
                "Coded as printed, Perez-Ruixo 2021 gives 1.4 to 1.6 times too much norketamine over 24 h.",
                ("perez_ruixo_2021.nk_cl",),
            ),
        ),
    )


def _eta(name: str, parameter: str) -> Eta:
    figure_id = f"perez_ruixo_2021.{name}"
    return Eta(parameters=(parameter,), omega=omega(figure_id), figures=(figure_id,))
