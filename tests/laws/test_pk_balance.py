"""The books of disposition: what went in is in the body or was eliminated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import simpson

from subside.engine.drugs import PK_SETS, pk_set
from subside.engine.pk import (
    INPUT,
    N_STATES,
    STATES,
    Bolus,
    Covariates,
    Infusion,
    amounts,
    individual,
    levels,
    outputs,
    plasma_clearance,
    rate_entries,
)

CENTRAL, LIVER, VENOUS = STATES.index("central"), STATES.index("liver"), STATES.index("venous_ng_per_ml")
KETAMINE = [STATES.index(name) for name in ("central", "peripheral_1", "peripheral_2", "liver")]
# Simpson on 4,000 intervals a piece: checked by halving them to be good to 1e-7
QUADRATURE = 1e-6
weights = st.floats(4.0, 160.0)
rates = st.floats(0.01, 80.0)
names = st.sampled_from(PK_SETS)


def people(name: str, n: int, seed: int, enantiomer: str = "s"):
    a_set = pk_set(name)
    rng = np.random.default_rng(seed)
    covariates = Covariates(weight_kg=rng.uniform(10.0, 120.0, n), age_years=rng.uniform(2.0, 85.0, n))
    return a_set, individual(a_set, covariates, rng.standard_normal((n, a_set.n_eta)), enantiomer=enantiomer)


@pytest.mark.parametrize("enantiomer", ["s", "r"])
@pytest.mark.parametrize("name", PK_SETS)
def test_the_dose_is_in_the_body_or_eliminated(name: str, enantiomer: str) -> None:
    a_set, parameters = people(name, 5, seed=3, enantiomer=enantiomer)
    during, after = np.linspace(0.0, 2.0, 4001), np.linspace(2.0, 9.0, 4001)
    times = np.concatenate([during, after[1:]])
    states = amounts(a_set, parameters, [Infusion(start_h=0.0, end_h=2.0, mg_per_h=15.0)], times)
    if a_set.has_liver:
        loss = states[:, :, LIVER] * (parameters["kel_per_h"] + parameters["kmet_per_h"])[:, None]
    else:
        loss = states[:, :, CENTRAL] * (parameters["cl_l_per_h"] / parameters["v1_l"])[:, None]
    eliminated = simpson(loss[:, :4001], x=during) + simpson(loss[:, 4000:], x=after)
    held = states[:, -1, KETAMINE].sum(axis=1)
    np.testing.assert_allclose(held + eliminated, 30.0, rtol=QUADRATURE)


def test_every_mole_is_ketamine_a_metabolite_or_lost_on_the_way() -> None:
    a_set, parameters = people("simons_2022", 4, seed=9)
    during, after = np.linspace(0.0, 1.0, 8001), np.linspace(1.0, 6.0, 8001)
    times = np.concatenate([during, after[1:]])
    states = amounts(a_set, parameters, [Infusion(start_h=0.0, end_h=1.0, mg_per_h=23.77)], times)
    grams = np.array([237.7] * 4 + [np.inf] + [237.7] * 2 + [223.7] * 4 + [239.7] * 2)  # venous: no amount
    held = (states[:, -1] / grams).sum(axis=1)

    def integral(values: np.ndarray) -> np.ndarray:
        return simpson(values[:, :8001], x=during) + simpson(values[:, 8000:], x=after)

    out_of_chain = [
        integral(states[:, :, STATES.index(f"chain_{m}_2")] * (2.0 / parameters[f"{m}_mtt_h"])[:, None]) / g
        for m, g in (("nk", 237.7), ("hnk", 223.7))
    ]
    last = integral(
        states[:, :, STATES.index("hnk_central")]
        * (parameters["hnk_cl_l_per_h"] / parameters["hnk_v1_l"])[:, None]
    )
    lost = 0.2 * out_of_chain[0] + 0.3 * out_of_chain[1] + last / 239.7
    np.testing.assert_allclose(held + lost, 23.77 / 237.7, rtol=QUADRATURE)


@pytest.mark.parametrize("name", PK_SETS)
def test_no_compartment_creates_anything(name: str) -> None:
    a_set, parameters = people(name, 50, seed=5)
    non_zeros, values = rate_entries(a_set, parameters)
    grams = np.array([237.7] * 4 + [1.0] + [237.7] * 2 + [223.7] * 4 + [239.7] * 2)
    if not a_set.molar:
        grams[:] = 1.0  # apparent values: a mg becomes at most a mg
    columns = np.zeros((50, N_STATES))
    for (row, column), value in zip(non_zeros, values.T, strict=True):
        if row != column:
            assert np.all(value > 0)
        if column != INPUT and row != VENOUS and column != VENOUS:
            columns[:, column] += value / grams[row]
    # rounding of sums of terms up to 1e4 per h
    assert np.all(columns <= 1e-9)


@settings(max_examples=60, deadline=None)
@given(name=names, weight=weights, rate=rates, enantiomer=st.sampled_from(["s", "r"]))
def test_the_steady_level_is_rate_over_clearance(
    name: str, weight: float, rate: float, enantiomer: str
) -> None:
    a_set = pk_set(name)
    parameters = individual(a_set, Covariates(weight_kg=[weight], age_years=[40.0]), enantiomer=enantiomer)
    # 2,000 h are more than 80 half-lives of the slowest phase of any set
    steady = levels(a_set, parameters, [Infusion(start_h=0.0, end_h=2000.0, mg_per_h=rate)], [2000.0])
    expected = rate / plasma_clearance(parameters)[0] * 1000.0
    assert steady["arterial"][0, 0] == pytest.approx(expected, rel=1e-9)
    assert steady["venous"][0, 0] == pytest.approx(expected, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(name=names, weight=weights, dose=st.floats(0.1, 100.0), seed=st.integers(0, 1000))
def test_area_under_the_curve_times_clearance_is_the_dose(
    name: str, weight: float, dose: float, seed: int
) -> None:
    a_set = pk_set(name)
    z = np.clip(np.random.default_rng(seed).standard_normal((1, a_set.n_eta)), -2.5, 2.5)
    parameters = individual(a_set, Covariates(weight_kg=[weight], age_years=[70.0]), z)
    edges = np.concatenate([[0.0], np.geomspace(1e-4, 3000.0, 1501)])
    middles = 0.5 * (edges[:-1] + edges[1:])
    times = np.sort(np.concatenate([edges, middles]))
    curve = levels(a_set, parameters, [Bolus(at_h=0.0, mg=dose)], times)["arterial"][0]
    h = np.diff(edges)
    area = np.sum(h / 6.0 * (curve[:-2:2] + 4.0 * curve[1::2] + curve[2::2]))
    # Simpson on 1,500 geometric intervals (ratio 1.0115): error below 1e-6 of the area
    assert area / 1000.0 * plasma_clearance(parameters)[0] == pytest.approx(dose, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(name=names, weight=weights)
def test_metabolite_exposure_is_what_was_formed_over_its_clearance(name: str, weight: float) -> None:
    a_set = pk_set(name)
    if not a_set.has_norketamine:
        return
    parameters = individual(a_set, Covariates(weight_kg=[weight], age_years=[30.0]))
    steady = levels(a_set, parameters, [Infusion(start_h=0.0, end_h=3000.0, mg_per_h=10.0)], [3000.0])
    # Perez-Ruixo: kmet over kmet and kel; Simons: 0.8 mole for mole; the others: all, mass for mass
    formed = {"perez_ruixo_2021": 2.77 / (2.77 + 1.11), "simons_2022": 0.8 * 223.7 / 237.7}.get(name, 1.0)
    expected = 10.0 * formed / parameters["nk_cl_l_per_h"][0] * 1000.0
    assert steady["norketamine"][0, 0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", PK_SETS)
def test_absent_compartments_have_no_entries(name: str) -> None:
    a_set, parameters = people(name, 2, seed=1)
    non_zeros, _ = rate_entries(a_set, parameters)
    touched = {index for row, column in non_zeros for index in (row, column)}
    present = {
        "liver": a_set.has_liver,
        "venous_ng_per_ml": a_set.site == "arterial",
        "peripheral_2": name not in ("flint_2017", "herd_2007"),
        "nk_central": name not in ("kamp_2020", "domino_1984", "herd_2007"),
        "hnk_central": name == "simons_2022",
        "chain_nk_1": name == "simons_2022",
    }
    for state, expected in present.items():
        assert (STATES.index(state) in touched) is expected, state
    assert ("hydroxynorketamine" in outputs(a_set, parameters)) is present["hnk_central"]
    assert len(set(non_zeros)) == len(non_zeros)
