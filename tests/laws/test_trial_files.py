"""Trial files: every mistake is told in one go, with key and line; the examples are without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from subside.engine.population import Description, draw_population, published, write_population
from subside.errors import CaseError
from subside.trial import parse_trial, read_trial, run_trial

GOOD = """format = 1
title = "Invented"
[population]
base = "chronic_pain_clinic"
[design]
patients = 40
[[arm]]
name = "drug"
kind = "drug"
[[arm.infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "10 mg/h", for = "1 h" } ]
[[arm]]
name = "placebo"
kind = "placebo"
control = true
[visits]
at = ["1 wk", "4 wk"]
[[endpoint]]
what = "nrs_pain"
at = "1 wk"
primary = true
"""


INFUSION = '[[arm.infusion]]\ndrug = "esketamine"\nstart = "0 h"\nsteps = [ { rate = "10 mg/h", for = "1 h" } ]\n'


def _told(text: str, folder: Path | None = None) -> list[tuple[int | None, str]]:
    with pytest.raises(CaseError) as caught:
        parse_trial(text, folder=folder)
    return [(problem.line, problem.where) for problem in caught.value.problems]


def test_a_good_file_has_no_mistake_and_says_what_it_means() -> None:
    plan, population = parse_trial(GOOD)
    assert [arm.name for arm in plan.arms] == ["drug", "placebo"]
    assert plan.infusions_of(plan.arms[1]) == plan.arms[0].infusions
    assert isinstance(population, Description)
    assert population.with_base().distribution.weight_kg is not None


def test_every_mistake_is_told_in_one_go_with_key_and_line() -> None:
    text = """format = 1
title = "Invented"
[population]
base = "chronic_pain_clinic"
[design]
patients = 2
kind = "paralel"
[[arm]]
name = "drug"
kind = "drug"
ratio = 0
[[arm.infusion]]
drug = "ketamine"
start = "0 h"
steps = [ { rate = "10 mg", for = "1 h" } ]
[[arm]]
nam = "placebo"
kind = "sugar"
[visits]
at = ["soon"]
[[endpoint]]
what = "happiness"
at = "1 wk"
[analysis]
method = "anova"
level = 95
[missing]
drop_out = "5 %"
"""
    assert _told(text) == [
        (6, "design.patients"),
        (7, "design.kind"),
        (11, "arm[1].ratio"),
        (13, "arm[1].infusion[1].drug"),
        (15, "arm[1].infusion[1].steps[1].rate"),
        (17, "arm[2].nam"),
        (18, "arm[2].kind"),
        (20, "visits.at[1]"),
        (22, "endpoint[1].what"),
        (25, "analysis.method"),
        (26, "analysis.level"),
        (28, "missing.drop_out"),
    ]


def test_what_does_not_fit_together_is_told_in_one_go_too() -> None:
    text = GOOD.replace('base = "chronic_pain_clinic"', 'base = "chronic_pain_clinik"')
    text = text.replace("patients = 40", 'patients = 40\nblock = 3\nstrata = ["sexx"]\nwashout = "4 wk"')
    text = text.replace("control = true\n", "").replace('["1 wk", "4 wk"]', '["4 wk", "1 wk"]')
    text += '[[endpoint]]\nwhat = "relapse"\nas = "mean"\nat = "1 wk"\nprimary = true\n[power]\nsizes = [2]\n'
    told = _told(text)
    assert [where for _, where in told] == [
        "population.base",
        "design.block",
        "design.strata[1]",
        "design.washout",
        "arm",
        "visits.at[2]",
        "endpoint[2].as",
        "endpoint[2].at",
        "endpoint[2].primary",
        "power.sizes[1]",
    ]
    assert all(line is not None for line, _ in told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "placebo"\n', 'kind = "placebo"\nlike = "drugg"\n', "Did you mean 'drug'"),
        ('name = "placebo"', 'name = "drug"', "a second arm 'drug'"),
        ("patients = 40", 'patients = 40\nkind = "crossover"', "a crossover without washout"),
        ("patients = 40", 'patients = 40\nkind = "crossover"\nwashout = "1 d"', "at least 3 d"),
        ('at = "1 wk"', 'at = "2 wk"', "one of the visits: 1 wk, 4 wk"),
        ('what = "nrs_pain"', 'what = "phq9_total"\nas = "responders_30"', "'responders_30' of phq9_total"),
        ("primary = true", "", "0 primary endpoints"),
        (
            'start = "0 h"\nsteps',
            'start = "0 h"\nseries = { every = "30 min", count = 3 }\nsteps',
            "arm",
        ),
        ('[[arm.infusion]]\ndrug = "esketamine"\nstart = "0 h"\nsteps = [ { rate = "10 mg/h", for = "1 h" } ]\n', "",
         "a drug arm that gives nothing"),
        ('kind = "placebo"\n', 'kind = "placebo"\neffect = "null"\n', "a null effect of an arm of kind 'placebo'"),
        (
            "[visits]",
            '[blinding]\nbreach = "dissociation"\n[options]\nunblinding = "on"\n[visits]',
            "a breach here and unblinding",
        ),
        ('what = "nrs_pain"', 'what = "headache_days"\nas = "days"', "headache days of people with chronic pain"),
        (
            "control = true",
            'control = true\n[[treatment]]\nkind = "drug"\nname = "ketamine"\ndose = "1 mg"\nfrom = "0 h"',
            "Ketamine goes in",
        ),
        ('kind = "drug"\n', 'kind = "drug"\nregimen = "ketamin"\n', "a regimen and more beside it"),
        (
            '[[arm.infusion]]\ndrug = "esketamine"\nstart = "0 h"\nsteps = [ { rate = "10 mg/h", for = "1 h" } ]\n',
            'regimen = "ketamin"\n',
            "Did you mean 'ketamine'",
        ),
        ("[design]", '[inclusion]\nnrs_pain = [9, 4]\n[design]', "lowest first"),
    ],
)  # fmt: skip
def test_one_mistake_has_its_own_sentence(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(CaseError, match=told):
        parse_trial(GOOD.replace(old, new))


def test_a_population_file_is_found_beside_the_trial_and_its_mistakes_are_told_as_well(tmp_path: Path) -> None:
    text = GOOD.replace('base = "chronic_pain_clinic"', 'file = "people.toml"')
    (tmp_path / "people.toml").write_text('format = 1\ntitle = "x"\nbase = "chronic_pain_clinic"\n')
    (tmp_path / "trial.toml").write_text(text)
    plan, population = read_trial(tmp_path / "trial.toml")
    assert isinstance(population, Description)
    assert population.title == "x"
    assert population.key == plan.key == "Invented"  # the trial keys the streams
    (tmp_path / "people.toml").write_text('format = 1\ntitle = "x"\nn = 0\nbase = "chronic_pain_clinic"\n')
    broken = text.replace("patients = 40", "patients = 1")
    assert _told(broken, tmp_path) == [(6, "design.patients"), (None, "population.file, people.toml, line 3, n")]
    (tmp_path / "people.toml").unlink()
    with pytest.raises(CaseError, match="no such file"):
        read_trial(tmp_path / "trial.toml")


def test_a_published_regimen_is_given_by_name_as_published() -> None:
    for regimen, at_home in (("esketamine", False), ("gabapentinoid", True)):
        text = GOOD.replace(INFUSION, f'regimen = "{regimen}"\n').replace('["1 wk", "4 wk"]', '["1 wk", "13 wk"]')
        plan, _ = parse_trial(text)
        assert bool(plan.infusions_of(plan.arms[1])) != at_home
        assert bool(plan.arms[0].given_treatments) == at_home
        assert "2" in plan.arms[0].words  # the title names the trial and its year


def test_people_of_a_parquet_file_take_part_as_they_are(tmp_path: Path) -> None:
    people = draw_population(published("chronic_pain_clinic"), seed=9, n=40)
    write_population(tmp_path / "people.parquet", people)
    (tmp_path / "trial.toml").write_text(GOOD.replace('base = "chronic_pain_clinic"', 'file = "people.parquet"'))
    plan, source = read_trial(tmp_path / "trial.toml")
    trial = run_trial(plan, source, seed=1, repetitions=3, report=False)
    known = set(zip(people.columns["age_years"], people.columns["weight_kg"], strict=True))
    part = trial.enrolled.people
    assert set(zip(part.columns["age_years"], part.columns["weight_kg"], strict=True)) <= known
    assert len(set(part.numbers.tolist())) == 120  # drawn again, a person differs in all that is not stated
    assert "gerdle_2019.age_years" in trial.sources
    (tmp_path / "people.parquet").write_text("no table")
    with pytest.raises(CaseError, match=r"population.file: got .*a Parquet file of people"):
        read_trial(tmp_path / "trial.toml")


def test_a_line_that_is_no_toml_does_not_hide_the_others() -> None:
    told = _told(GOOD.replace("patients = 40", "patients = forty").replace('kind = "placebo"', 'kind = "sugar"'))
    assert [line for line, _ in told] == [6, 16]


@pytest.mark.parametrize("name", ["trial.toml", "."])
def test_a_file_that_is_not_there_or_is_a_folder_is_told_as_a_trial_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaseError, match="trial file"):
        read_trial(tmp_path / name)


def test_every_example_is_without_mistakes(root: Path) -> None:
    examples = sorted((root / "examples/trials").glob("*.toml"))
    assert examples
    for path in examples:
        read_trial(path)
