"""A group whose people are each described apart: the same person as alone, at their own weight and age."""

from __future__ import annotations

import numpy as np
import pytest

from subside.case import parse_case
from subside.engine.arms import own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import prior
from subside.engine.population.described import Described, by_case
from subside.errors import ParameterError

TIMES_H = np.array([0.0, 1.0, 4.0, 24.0, 168.0])
CASE = """
format = 1
title = "invented"
[patient]
age_years = {age}
weight_kg = {weight}
condition = "neuropathic_pain"
nrs_pain = {pain}
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
{doses}
"""
PER_KG = 'bolus = "0.1 mg/kg"\nsteps = [ { rate = "0.2 mg/kg/h", for = "3 h" }, { dose = "0.3 mg/kg", for = "1 h" } ]'
FIXED = 'steps = [ { rate = "20 mg/h", for = "4 h" } ]'
TITRATED = (
    'policy = { start_rate = "0.1 mg/kg/h", step = "0.05 mg/kg/h", every = "30 min", for = "4 h", '
    'ceiling = "0.4 mg/kg/h", raise_if_pain_above = 3 }'
)
PEOPLE = ((30.0, 55.0, 5.0), (45.0, 70.0, 6.5), (68.0, 104.0, 8.0))


def _case(doses: str, person=(45.0, 70.0, 6.5)):
    age, weight, pain = person
    return parse_case(CASE.format(age=age, weight=weight, pain=pain, doses=doses))


def _described() -> Described:
    ages, weights, pains = np.array(PEOPLE).T
    same = by_case(_case(FIXED), len(PEOPLE))
    return Described(
        stated={"age_years": ages, "weight_kg": weights, "nrs_pain": pains},
        hypertension=same.hypertension,
        opioids_mg_per_d=same.opioids_mg_per_d,
        benzodiazepine=same.benzodiazepine,
    )


@pytest.mark.parametrize("doses", [PER_KG, FIXED, TITRATED], ids=["per kg", "fixed", "titrated per kg"])
def test_each_of_many_is_the_same_person_as_in_a_case_of_their_own(doses: str) -> None:
    group = gather(_case(doses), prior(), len(PEOPLE), seed=7, described=_described())
    together = treat(group, own(_case(doses)), TIMES_H)
    for k, person in enumerate(PEOPLE):
        case = _case(doses, person)
        alone = treat(gather(case, prior(), 1, seed=7, first=k), own(case), TIMES_H)
        for name, values in alone.items():
            # float32 storage; where rounding of a rate differs, a step of titration must not
            np.testing.assert_allclose(together[name][k], values[0], rtol=2e-5, atol=1e-5, err_msg=name)


def test_a_venous_level_follows_a_dose_per_kg() -> None:
    case = _case(PER_KG).model_copy(update={"options": {"pk_set": "kamp_2020"}})
    together = treat(gather(case, prior(), 3, seed=7, described=_described()), own(case), TIMES_H)
    heavy = _case(PER_KG, PEOPLE[2]).model_copy(update={"options": {"pk_set": "kamp_2020"}})
    alone = treat(gather(heavy, prior(), 1, seed=7, first=2), own(heavy), TIMES_H)
    name = "cp_ketamine_venous_ng_per_ml"
    np.testing.assert_allclose(together[name][2], alone[name][0], rtol=2e-5, atol=1e-5)


def test_some_of_a_group_are_the_same_people_as_within_it() -> None:
    case = _case(PER_KG)
    group = gather(case, prior(), 3, seed=7, described=_described())
    whole = treat(group, own(case), TIMES_H)
    part = treat(group.take(np.array([2, 0])), own(case), TIMES_H)
    for name, values in whole.items():
        np.testing.assert_array_equal(part[name], values[[2, 0]], err_msg=name)


def test_people_of_one_trial_share_its_effect_and_no_one_elses() -> None:
    trials = np.array([0, 0, 1, 1])
    numbers = np.array([0, 1, 1_000_000, 1_000_001])
    draws = gather(_case(FIXED), prior(), 4, seed=3, numbers=numbers, trials=trials, vary=("trial",)).draws
    drawn = draws.values["expectation"]
    assert drawn[0] == drawn[1]
    assert drawn[2] == drawn[3]
    assert drawn[0] != drawn[2]


def test_a_value_not_known_of_one_is_drawn_for_that_one_alone() -> None:
    described = _described()
    described.stated["nrs_pain"][1] = np.nan
    start = gather(_case(FIXED), prior(), 3, seed=7, described=described).start
    assert start["nrs_pain"][0] == 5.0
    assert start["nrs_pain"][2] == 8.0
    assert 0.5 <= start["nrs_pain"][1] <= 9.8
    assert "nrs_pain" in start.stand_ins


def test_a_regimen_of_both_kinds_is_refused_for_people_of_several_weights() -> None:
    doses = 'bolus = "10 mg"\nsteps = [ { rate = "0.2 mg/kg/h", for = "3 h" } ]'
    group = gather(_case(doses), prior(), 3, seed=7, described=_described())
    with pytest.raises(ParameterError, match="per kg throughout or not at all"):
        treat(group, own(_case(doses)), TIMES_H)


def test_everyone_described_has_a_weight() -> None:
    described = _described()
    with pytest.raises(ParameterError, match="weight_kg must be a finite number for everyone"):
        Described(
            stated={"age_years": described.stated["age_years"]},
            hypertension=described.hypertension,
            opioids_mg_per_d=described.opioids_mg_per_d,
            benzodiazepine=described.benzodiazepine,
        )


def test_what_an_arm_gives_everyone_comes_beside_each_persons_own_medicines() -> None:
    sedated = _case(
        FIXED + '\n[[treatment]]\nkind = "drug"\nname = "midazolam"\ndose = "2 mg"\nroute = "intravenous"\nfrom = "0 h"'
    )
    described = _described()
    described.opioids_mg_per_d[1] = 60.0
    beside = described.beside(sedated)
    assert beside.benzodiazepine.all()
    np.testing.assert_array_equal(beside.opioids_mg_per_d, [0.0, 60.0, 0.0])
    group = gather(sedated, prior(), 3, seed=7, described=described)
    plain = gather(_case(FIXED), prior(), 3, seed=7, described=described)
    drowsy, awake = treat(group, own(sedated), TIMES_H)["moaas"], treat(plain, own(_case(FIXED)), TIMES_H)["moaas"]
    assert np.all(drowsy[:, 1] < awake[:, 1])
