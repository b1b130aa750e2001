"""Relations between runs: shifted, split, added, scaled with body size, S beside R."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subside.engine.drugs import PK_SETS, pk_set
from subside.engine.pk import (
    Bolus,
    Covariates,
    Infusion,
    amounts,
    individual,
    levels,
    norketamine_drift_factor,
    plasma_clearance,
)

SAME = 1e-9  # what the engine promises within a constant-rate segment
names = st.sampled_from(PK_SETS)
doses = st.one_of(
    st.builds(Bolus, at_h=st.floats(0.0, 5.0), mg=st.floats(0.1, 50.0)),
    st.builds(
        lambda start, length, rate: Infusion(start_h=start, end_h=start + length, mg_per_h=rate),
        st.floats(0.0, 5.0),
        st.floats(0.05, 10.0),
        st.floats(0.1, 60.0),
    ),
)
TIMES = np.array([6.0, 7.5, 12.0, 20.0])


def one_person(name: str, seed: int = 4, enantiomer: str = "s"):
    a_set = pk_set(name)
    z = np.random.default_rng(seed).standard_normal((1, a_set.n_eta))
    return a_set, individual(a_set, Covariates(weight_kg=[61.0], age_years=[66.0]), z, enantiomer=enantiomer)


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.all(np.abs(a - b) <= SAME * np.maximum(np.abs(b), 1e-3 * np.abs(b).max())))


@settings(max_examples=40, deadline=None)
@given(name=names, dose=doses, shift=st.floats(0.1, 200.0))
def test_all_times_shifted_gives_the_same_curve(name: str, dose: Infusion | Bolus, shift: float) -> None:
    a_set, parameters = one_person(name)
    if isinstance(dose, Bolus):
        later: Infusion | Bolus = Bolus(at_h=dose.at_h + shift, mg=dose.mg)
    else:
        later = Infusion(start_h=dose.start_h + shift, end_h=dose.end_h + shift, mg_per_h=dose.mg_per_h)
    # steps are rounded to 1e-12 h, so shifted steps may differ in the last digits
    assert close(
        amounts(a_set, parameters, [later], TIMES + shift), amounts(a_set, parameters, [dose], TIMES)
    )


@settings(max_examples=40, deadline=None)
@given(name=names, share=st.floats(0.01, 0.99), rate=st.floats(0.5, 60.0))
def test_one_infusion_is_the_same_infusion_in_two_pieces(name: str, share: float, rate: float) -> None:
    a_set, parameters = one_person(name)
    middle = 4.0 * share
    whole = [Infusion(start_h=0.0, end_h=4.0, mg_per_h=rate)]
    pieces = [
        Infusion(start_h=0.0, end_h=middle, mg_per_h=rate),
        Infusion(start_h=middle, end_h=4.0, mg_per_h=rate),
    ]
    assert close(amounts(a_set, parameters, pieces, TIMES), amounts(a_set, parameters, whole, TIMES))


@settings(max_examples=40, deadline=None)
@given(name=names, first=doses, second=doses)
def test_two_doses_are_the_sum_of_each_alone(
    name: str, first: Infusion | Bolus, second: Infusion | Bolus
) -> None:
    a_set, parameters = one_person(name)
    both = amounts(a_set, parameters, [first, second], TIMES)
    alone = amounts(a_set, parameters, [first], TIMES) + amounts(a_set, parameters, [second], TIMES)
    assert close(both, alone)


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(["kamp_2020", "flint_2017", "herd_2007"]), weight=st.floats(4.0, 150.0))
def test_with_volumes_to_the_one_and_flows_to_three_quarters_body_size_only_stretches_time(
    name: str, weight: float
) -> None:
    # V ~ W and CL, Q ~ W^(3/4): the same mg/kg gives the same curve on a clock that runs W^(1/4) slower.
    a_set = pk_set(name)
    slower = (weight / 70.0) ** 0.25
    times = np.array([0.05, 0.3, 1.0, 4.0, 12.0])
    small = levels(
        a_set,
        individual(a_set, Covariates(weight_kg=[weight])),
        [Bolus(at_h=0.0, mg=0.5 * weight)],
        times * slower,
    )
    standard = levels(
        a_set, individual(a_set, Covariates(weight_kg=[70.0])), [Bolus(at_h=0.0, mg=0.5 * 70.0)], times
    )
    assert close(small["arterial"], standard["arterial"])


@settings(max_examples=20, deadline=None)
@given(weight=st.floats(30.0, 150.0))
def test_domino_1984_gives_the_same_level_for_the_same_dose_per_kg(weight: float) -> None:
    domino = pk_set("domino_1984")
    times = [0.1, 1.0, 5.0]
    found = levels(
        domino, individual(domino, Covariates(weight_kg=[weight])), [Bolus(at_h=0.0, mg=0.3 * weight)], times
    )
    standard = levels(
        domino, individual(domino, Covariates(weight_kg=[70.0])), [Bolus(at_h=0.0, mg=21.0)], times
    )
    assert close(found["arterial"], standard["arterial"])


def test_perez_ruixo_2021_ignores_weight_and_clears_less_above_sixty() -> None:
    perez = pk_set("perez_ruixo_2021")
    ages = [30.0, 60.0, 61.0, 80.0]
    light = plasma_clearance(individual(perez, Covariates(weight_kg=[45.0] * 4, age_years=ages)))
    heavy = plasma_clearance(individual(perez, Covariates(weight_kg=[150.0] * 4, age_years=ages)))
    np.testing.assert_array_equal(light, heavy)
    assert light[0] == light[1] > light[2] > light[3]


@pytest.mark.parametrize("name", PK_SETS)
def test_r_ketamine_clears_more_slowly_and_spreads_alike(name: str) -> None:
    # the geometric mean of 1.06 / 1.23 (each alone) and 1530 / 1620 (in a racemate)
    expected = ((1.06 / 1.23) * (1530.0 / 1620.0)) ** 0.5
    for seed in range(5):
        _, s = one_person(name, seed)
        _, r = one_person(name, seed, enantiomer="r")
        np.testing.assert_allclose(plasma_clearance(r) / plasma_clearance(s), expected, rtol=1e-12)
        np.testing.assert_array_equal(r["v1_l"], s["v1_l"])


def test_the_apparent_clearance_of_a_racemate_is_what_domino_1984_printed() -> None:
    domino = pk_set("domino_1984")
    person = Covariates(weight_kg=[70.0])
    s, r = (plasma_clearance(individual(domino, person, enantiomer=e))[0] for e in ("s", "r"))
    printed = 60.0 * 0.438 * 0.063 * 70.0
    assert 2.0 / (1.0 / s + 1.0 / r) == pytest.approx(printed, rel=1e-12)


def test_the_drift_of_norketamine_is_that_of_a_clearance_frozen_by_the_hour() -> None:
    flint = pk_set("flint_2017")
    parameters = individual(flint, Covariates(weight_kg=[9.0], age_years=[1.0]))
    infusion = [Infusion(start_h=0.0, end_h=60.0, mg_per_h=10.0)]
    for hour in (12.0, 36.0, 60.0):
        frozen = {**parameters, "nk_cl_l_per_h": parameters["nk_cl_l_per_h"] * (1.0 + 0.0087 * hour)}
        expected = levels(flint, frozen, infusion, [hour])["norketamine"][0, 0]
        plain = levels(flint, parameters, infusion, [hour])["norketamine"][0, 0]
        # Norketamine settles at 90 per h in such a child: it lags the drift by about 0.0087 / 90.
        assert plain * norketamine_drift_factor(flint, hour) == pytest.approx(expected, rel=1e-3)
    assert norketamine_drift_factor(pk_set("otto_2021"), 1000.0) == 1.0
