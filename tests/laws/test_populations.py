"""Virtual populations: reproducible person by person, as described, and kept whole in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from subside.case import parse_case
from subside.engine import simulate
from subside.engine.population.description import PUBLISHED, described_in, published, read_description
from subside.engine.population.parquet import read_population, write_population
from subside.engine.population.virtual import draw_population
from subside.errors import CaseError, ParameterError, UnknownNameError
from subside.evidence import figure

SMALL = """
format = 1
title = "Invented"
n = 200
base = "chronic_pain_clinic"
[inclusion]
nrs_pain = [5, 10]
age_years = [18, 65]
"""


@pytest.mark.parametrize("name", PUBLISHED)
def test_person_k_is_the_same_in_a_population_of_ten_and_of_a_thousand(name: str) -> None:
    few = draw_population(published(name), seed=5, n=10)
    many = draw_population(published(name), seed=5, n=1000)
    for column, values in few.columns.items():
        np.testing.assert_array_equal(values, many.columns[column][:10], err_msg=column)
    for word, values in few.words.items():
        np.testing.assert_array_equal(values, many.words[word][:10], err_msg=word)


def test_another_study_or_seed_has_other_people() -> None:
    one = draw_population(published("chronic_pain_clinic"), seed=1, n=50)
    seed = draw_population(published("chronic_pain_clinic"), seed=2, n=50)
    renamed = published("chronic_pain_clinic").model_copy(update={"study": "another"})
    study = draw_population(renamed, seed=1, n=50)
    for other in (seed, study):
        assert not np.any(one.columns["age_years"] == other.columns["age_years"])


def test_limits_let_in_the_same_people_with_their_own_numbers() -> None:
    limited = draw_population(described_in(SMALL), seed=1)
    assert len(limited) == 200
    assert limited.columns["nrs_pain"].min() >= 5.0
    assert limited.columns["age_years"].max() <= 65.0
    everyone = draw_population(described_in(SMALL.split("[inclusion]")[0]), seed=1, n=400)
    np.testing.assert_array_equal(
        limited.columns["weight_kg"][:50], everyone.columns["weight_kg"][limited.numbers[:50]]
    )


def test_drawn_correlations_are_those_described() -> None:
    description = published("chronic_pain_clinic")
    people = draw_population(description, seed=3, n=20_000)
    for c in description.correlations:
        if c.of in people.columns and c.with_ in people.columns and c.with_ != "benzodiazepine":
            x, y = people.columns[c.of], people.columns[c.with_]
            if "height_cm" in (c.of, c.with_):  # within one sex
                x, y = (v[people.words["sex"] == "female"] for v in (x, y))
            # Of ranks: r normal variables give 6/pi asin(r/2), whatever is made of them one by one.
            expected = 6.0 / np.pi * np.arcsin(c.r / 2.0)
            # four standard errors of a rank correlation
            assert stats.spearmanr(x, y).statistic == pytest.approx(expected, abs=4.0 / np.sqrt(len(x))), c


def test_who_has_more_of_the_one_is_likelier_to_have_the_other() -> None:
    people = draw_population(published("chronic_pain_clinic"), seed=3, n=20_000)
    opioid = people.columns["opioids_mg_per_d"] > 0.0
    assert people.columns["nrs_pain"][opioid].mean() > people.columns["nrs_pain"][~opioid].mean() + 0.3
    hypertensive = people.words["hypertension"] == "yes"
    assert people.columns["age_years"][hypertensive].mean() > people.columns["age_years"][~hypertensive].mean() + 5


def test_weights_have_the_mean_and_spread_of_their_source() -> None:
    people = draw_population(published("chronic_pain_clinic"), seed=3, n=20_000)
    for sex, of in (("female", "women"), ("male", "men")):
        weights = people.columns["weight_kg"][people.words["sex"] == sex]
        source = figure(f"nhanes_anthropometry.weight_{of}")
        assert source.value is not None
        assert source.size is not None
        # four standard errors, and a kilogram for what the limits cut away
        assert weights.mean() == pytest.approx(source.value, abs=4 * source.size / np.sqrt(len(weights)) + 1.0)
        assert weights.std() == pytest.approx(source.size, rel=0.08)


def test_every_figure_that_a_published_population_names_is_in_the_evidence() -> None:
    for name in PUBLISHED:
        for row in published(name).with_base().rows():
            figure(row)


def test_a_number_without_a_reading_is_named_as_such() -> None:
    weak = {name for name, _, _ in published("chronic_pain_clinic").weak()}
    assert "phq9_total" in weak
    assert "age_years" not in weak


def test_a_population_read_back_from_its_file_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    people = draw_population(described_in(SMALL), seed=9)
    again = read_population(write_population(tmp_path / "people.parquet", people))
    assert (again.title, again.study, again.seed, again.rows) == (
        people.title, people.study, people.seed, people.rows,
    )  # fmt: skip
    assert again.version
    np.testing.assert_array_equal(again.numbers, people.numbers)
    assert set(again.columns) == set(people.columns)
    for name, values in people.columns.items():
        np.testing.assert_array_equal(again.columns[name], values, err_msg=name)
    for name, words in people.words.items():
        np.testing.assert_array_equal(again.words[name], words, err_msg=name)


def test_a_file_that_is_no_population_is_refused_in_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "people.parquet"
    other.write_text("not parquet")
    with pytest.raises(ParameterError, match="must be a Parquet file that write_population wrote"):
        read_population(other)


def test_every_mistake_of_a_population_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_text(
        'format = 1\ntitle = "x"\nn = 0\n[share]\nfemal = 0.5\n[distribution.age_years]\nmean = 40\n'
        '[distribution.shoe_size]\nmean = 1\nsd = 1\n[inclusion]\nnrs_pain = [9, 5]\n'
        '[[correlation]]\nof = "nrs_pain"\nwith = "phq9_totl"\nr = 2\n'
    )
    with pytest.raises(CaseError) as caught:
        read_description(path)
    told = [(problem.line, problem.where) for problem in caught.value.problems]
    assert told == [
        (3, "n"),
        (5, "share.femal"),
        (6, "distribution.age_years"),
        (8, "distribution.shoe_size"),
        (12, "inclusion.nrs_pain"),
        (15, "correlation[1].with"),
        (16, "correlation[1].r"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('base = "chronic_pain_clinik"', "Did you mean 'chronic_pain_clinic'"),
        ("[conditions]\nfibromyalgia = 0.5", "shares that sum to 0.5"),
        ("[distribution.age_years]\nmean = 40\nsd = 10", "no weight_kg"),
        (
            'base = "chronic_pain_clinic"\n[[correlation]]\nof = "phq9_total"\nwith = "gad7_total"\nr = -0.9',
            "contradict one another",
        ),
        ('base = "chronic_pain_clinic"\n[distribution.weight_kg]\nmean = 7000\nsd = 10', "0.5 to 350"),
    ],
)
def test_what_does_not_fit_together_is_told(text: str, told: str) -> None:
    with pytest.raises(CaseError, match=told):
        described_in(f'format = 1\ntitle = "x"\n{text}\n')


def test_limits_that_admit_no_one_end_with_a_sentence() -> None:
    limits = "[inclusion]\nage_years = [89, 90]\nheight_cm = [200, 210]"
    text = f'format = 1\ntitle = "x"\nbase = "chronic_pain_clinic"\n{limits}\n'
    with pytest.raises(ParameterError, match="Widen the limits"):
        draw_population(described_in(text), seed=1, n=20)


def test_an_unknown_published_population_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'chronic_pain_clinic'"):
        published("chronic_pain_clinics")


CASE = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "chronic_pain"
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ { rate = "0.3 mg/kg/h", for = "4 h" } ]
"""


def test_a_case_is_simulated_for_a_population_person_by_person() -> None:
    case = parse_case(CASE)
    people = draw_population(described_in(SMALL), seed=1, n=60)
    whole = simulate(case, population=people, seed=1, times_h=[0, 4, 168])
    assert whole.n_patients == 60
    part = simulate(case, population=people.take(np.arange(10, 20)), seed=1, times_h=[0, 4, 168])
    assert whole.samples is not None
    assert part.samples is not None
    for name in ("nrs_pain", "cp_ketamine_ng_per_ml", "sbp_mmhg"):
        np.testing.assert_array_equal(whole.samples[name][10:20], part.samples[name], err_msg=name)
    swing_sd = 1.5  # pain at the start swings around what is stated
    start = whole.samples["nrs_pain"][:, 0]
    assert np.abs(start - people.columns["nrs_pain"]).mean() < swing_sd
    assert {c.code for c in whole.cautions} >= {"population"}
    assert "gerdle_2019.age_years" in whole.sources


def test_a_dose_per_kg_gives_heavy_and_light_people_their_own_amounts() -> None:
    people = draw_population(described_in(SMALL), seed=1, n=60)
    per_kg = simulate(parse_case(CASE), population=people, times_h=[4], verify=False)
    same = simulate(parse_case(CASE.replace("0.3 mg/kg/h", "21 mg/h")), population=people, times_h=[4], verify=False)
    assert per_kg.samples is not None
    assert same.samples is not None
    name = "cp_ketamine_ng_per_ml"
    ratio = per_kg.samples[name][:, 0] / same.samples[name][:, 0]
    np.testing.assert_allclose(ratio, people.columns["weight_kg"] / 70.0, rtol=1e-5)  # float32


def test_a_population_and_a_number_of_patients_are_one_too_many() -> None:
    people = draw_population(described_in(SMALL), seed=1, n=5)
    with pytest.raises(ParameterError, match="Leave n_patients and typical out"):
        simulate(parse_case(CASE), population=people, n_patients=10)
