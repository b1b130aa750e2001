"""What moves an endpoint, and what cannot: laws that hold whatever the fitted numbers are."""

from __future__ import annotations

import numpy as np
import pytest

from subside.case import parse_case
from subside.engine.arms import own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import fitted, prior
from subside.errors import ParameterError, UnknownNameError
from subside.research import Endpoint, sensitivity
from subside.research.assemble import assemble, assembled_group
from subside.research.influence import PERSONS, uncertainty

TEXT = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "neuropathic_pain"
nrs_pain = 7
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "20 mg/h", for = "6 h" } ]
"""


def _case(**options):
    return parse_case(TEXT, origin="invented").model_copy(update={"options": options})


def _names(found):
    return {row.factor.name for row in found.rows}


def test_a_person_put_together_without_shifts_is_the_typical_one():
    case, beliefs = _case(), fitted()
    typical = treat(gather(case, beliefs, 1, seed=1, vary=()), own(case), np.array([2.0, 168.0]))
    group = assembled_group(case, beliefs, assemble(beliefs, {}, {}, np.zeros(1, dtype=np.int64)), seed=1)
    here = treat(group, own(case), np.array([2.0, 168.0]))
    for name, rows in typical.items():
        np.testing.assert_array_equal(here[name], rows, err_msg=name)


def test_a_plasma_level_hangs_on_kinetics_alone():
    level = Endpoint(name="cp_ketamine_ng_per_ml", at_h=6.0)
    found = sensitivity(_case(), level, n=64)
    assert _names(found) == {"pk_clearance_factor", "pk_volume_factor"}
    assert found.alone == pytest.approx(1.0, abs=0.15)  # nearly additive; 64 base points
    assert _names(sensitivity(_case(), level, over="patients", n=16)) == {"kinetics"}


def test_more_clearance_means_a_lower_level():
    found = sensitivity(_case(), Endpoint(name="cp_ketamine_ng_per_ml", at_h=6.0), n=16)
    clearance = next(row for row in found.rows if row.factor.name == "pk_clearance_factor")
    assert clearance.high < found.typical < clearance.low


def test_a_difference_from_placebo_does_not_hang_on_what_placebo_shares():
    pain = Endpoint(name="nrs_pain", at_h=168.0)
    own_value = Endpoint(name="nrs_pain", at_h=168.0, against="nothing")
    shared = sensitivity(_case(), own_value, method="morris", n=8)
    between = sensitivity(_case(), pain, method="morris", n=8)
    effect = {row.factor.name: row.index.mu_star for row in shared.rows}
    less = {row.factor.name: row.index.mu_star for row in between.rows}
    assert less["expectation"] < 0.5 * effect["expectation"]
    assert max(less, key=less.__getitem__) == "k_dep_per_d"  # what the drug does to sensitization stays


def test_a_form_fixed_by_the_case_is_no_input():
    pain = Endpoint(name="nrs_pain", at_h=168.0)
    free = sensitivity(_case(), pain, method="morris", n=4)
    fixed = sensitivity(_case(sensitization="bistable"), pain, method="morris", n=4)
    assert "sensitization" in _names(free)
    assert "sensitization" not in _names(fixed) | set(fixed.silent)


def test_ranges_are_those_of_the_beliefs_given():
    pain = Endpoint(name="nrs_pain", at_h=168.0)
    sd = prior()["k_dep_per_d"].uncertainty_sd
    spread = {}
    for factor in (0.0, 1.0, 2.0):
        beliefs = prior().with_values({"k_dep_per_d": {"uncertainty_sd": factor * sd}})
        found = sensitivity(_case(), pain, method="morris", n=8, beliefs=beliefs)
        spread[factor] = found.spread
        assert ("k_dep_per_d" in _names(found)) == (factor > 0.0)
    assert spread[0.0] < spread[1.0] < spread[2.0]


def test_of_parameters_fitted_together_the_range_is_the_marginal_one():
    beliefs = fitted()
    covariance = beliefs.joint_cholesky @ beliefs.joint_cholesky.T
    found = uncertainty(beliefs)
    for i, name in enumerate(beliefs.joint):
        assert found[name] == pytest.approx(np.sqrt(covariance[i, i]))


def test_people_differ_by_streams_of_their_own_that_parameters_do_not_have():
    pain = Endpoint(name="nrs_pain", at_h=168.0, against="nothing")
    assert set(PERSONS) <= _names(sensitivity(_case(), pain, over="patients", n=16))
    assert not set(PERSONS) & _names(sensitivity(_case(), pain, over="parameters", n=2))


def test_the_answer_is_the_same_for_the_same_seed():
    pain = Endpoint(name="nrs_pain", at_h=168.0)
    assert sensitivity(_case(), pain, over="trials", n=16) == sensitivity(_case(), pain, over="trials", n=16)


def test_before_any_drug_nothing_moves_the_difference():
    with pytest.raises(ParameterError, match="no input over trials moves it"):
        sensitivity(_case(), Endpoint(name="nrs_pain", at_h=-24.0), over="trials", n=4)


def test_misspelled_words_get_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'nrs_pain'"):
        Endpoint(name="nrs_pian", at_h=1.0)
    with pytest.raises(UnknownNameError, match="Did you mean 'placebo'"):
        Endpoint(name="nrs_pain", at_h=1.0, against="plcebo")
    with pytest.raises(UnknownNameError, match="Did you mean 'parameters'"):
        sensitivity(_case(), Endpoint(name="nrs_pain", at_h=1.0), over="parameter")
