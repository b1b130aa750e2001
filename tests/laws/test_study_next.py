"""Ranking studies: more people and sharper designs tell more; what cannot matter tells nothing."""

from __future__ import annotations

import pytest

from subside.engine.population.beliefs import fitted
from subside.errors import UnknownNameError
from subside.research import parse_studies, rank_studies
from subside.research.information import expected

CASE = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "complex_regional_pain_syndrome"
nrs_pain = 7
[[infusion]]
drug = "{drug}"
start = "0 h"
steps = [ {{ rate = "{rate} mg/h", for = "24 h" }} ]
"""
TEXTS = {
    "s.toml": CASE.format(drug="esketamine", rate=20),
    "r.toml": CASE.format(drug="racemic_ketamine", rate=40),
    "told.toml": CASE.format(drug="esketamine", rate=20) + '[options]\nsensitization = "monostable"\n',
}
STUDY = """
[[study]]
name = "{name}"
case = "{case}"
control = "control"
arm = [
  {{ name = "drug", give = "{give}", times_rate = {factor}, n = {n} }},
  {{ name = "control", give = "{control}", n = {n} }},
]
endpoint = [ {{ name = "{endpoint}", at = "{at}" }} ]
"""


def _studies(*changes):
    usual = {"name": "one", "case": "s.toml", "give": "case", "factor": 1.0, "control": "placebo", "n": 40,
             "endpoint": "nrs_pain", "at": "1 wk"}  # fmt: skip
    text = "format = 1\n" + "".join(STUDY.format(**{**usual, **change}) for change in changes)
    return parse_studies(text, texts=TEXTS)


def _told(question, **change):
    return expected(_studies(change).studies[0], question, fitted(), replicates=40, seed=1, people=16)


def test_more_people_tell_more_about_the_route_of_a_low_dose():
    few, many = (_told("low_dose_route", factor=0.1, n=n) for n in (5, 500))
    assert many.bits > few.bits + 2.0 * (many.error + few.error)
    assert many.truth > few.truth


def test_r_ketamine_tells_nothing_where_none_is_given_and_something_beside_the_same_esketamine():
    without = _told("r_ketamine")
    assert (without.bits, without.error) == (0.0, 0.0)
    assert without.truth == without.before
    beside = _told("r_ketamine", give="r.toml", control="case", n=200, endpoint="cadss_total", at="24 h")
    assert beside.bits > 2.0 * beside.error > 0.0


def test_a_question_that_the_case_answers_is_not_open():
    told = _told("sensitization", case="told.toml")
    assert (told.entropy, told.bits) == (0.0, 0.0)


def test_studies_are_ranked_most_first_whatever_their_order_in_the_file():
    poor, rich = {"name": "poor", "factor": 0.001, "n": 4}, {"name": "rich", "factor": 0.1, "n": 400}
    for order in ((poor, rich), (rich, poor)):
        ranked = rank_studies(_studies(*order), questions=["low_dose_route"], replicates=20, people=12)
        assert [one.study.name for one in ranked] == ["rich", "poor"]


def test_a_question_that_the_model_does_not_know_gets_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'sensitization'"):
        rank_studies(_studies({}), questions=["sensitisation"])
