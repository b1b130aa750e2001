"""A set asked outside its data says so; inside, it says only what always holds."""

from __future__ import annotations

import pytest

from subside.engine.drugs import PK_SETS, default_set, pk_set
from subside.engine.pk import RegimenFacts, range_warnings
from subside.errors import UnknownNameError
from subside.evidence import figure


def codes(name: str, **asked: object) -> set[str]:
    return {caution.code for caution in range_warnings(pk_set(name), **asked)}  # type: ignore[arg-type]


def test_inside_its_range_simons_2022_adds_no_range_warning() -> None:
    facts = RegimenFacts(drug_forms=("esketamine",), longest_infusion_h=1.0 / 3.0)
    always = codes("simons_2022")
    assert codes("simons_2022", weight_kg=[55.0, 92.0], age_years=[20.0, 31.0], facts=facts) == always


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"weight_kg": [70.0, 120.0]}, "pk_weight"),
        ({"weight_kg": [40.0, 70.0]}, "pk_weight"),
        ({"age_years": [60.0]}, "pk_age"),
        ({"age_years": [15.0]}, "pk_age"),
        ({"facts": RegimenFacts(drug_forms=("racemic_ketamine",))}, "pk_drug_form"),
        ({"facts": RegimenFacts(drug_forms=("racemic_ketamine",))}, "pk_r_ketamine"),
        ({"facts": RegimenFacts(longest_infusion_h=100.0)}, "pk_duration"),
        ({"facts": RegimenFacts(n_days_with_dose=10)}, "pk_repeats"),
        ({"facts": RegimenFacts(routes=("intranasal",))}, "pk_route"),
    ],
)
def test_outside_its_range_simons_2022_warns(asked: dict[str, object], code: str) -> None:
    assert code in codes("simons_2022", **asked) - codes("simons_2022")


def test_an_unknown_age_is_compared_with_nothing() -> None:
    assert codes("simons_2022", age_years=[None, float("nan")]) == codes("simons_2022")


def test_a_venous_set_always_says_that_it_has_no_arterial_level() -> None:
    for name in PK_SETS:
        assert ("pk_venous_set" in codes(name)) is (pk_set(name).site == "venous")


def test_a_long_infusion_on_a_set_of_unknown_length_warns() -> None:
    long, short = (RegimenFacts(longest_infusion_h=hours) for hours in (100.0, 4.0))
    assert "pk_duration_unknown" in codes("kamp_2020_norketamine", facts=long)
    assert "pk_duration_unknown" not in codes("kamp_2020_norketamine", facts=short)


def test_a_warning_names_the_range_and_what_lies_outside() -> None:
    texts = [c.text for c in range_warnings(pk_set("perez_ruixo_2021"), weight_kg=[30.0])]
    assert any("tested from 39 kg of weight; 30 lies below" in text for text in texts)


@pytest.mark.parametrize("name", PK_SETS)
def test_every_source_of_a_set_and_its_warnings_is_in_the_evidence(name: str) -> None:
    a_set = pk_set(name)
    facts = RegimenFacts(
        drug_forms=("racemic_ketamine", "esketamine"), longest_infusion_h=500.0, n_days_with_dose=9
    )
    ids = set(a_set.figures)
    for caution in range_warnings(a_set, weight_kg=[1.0, 300.0], age_years=[0.0, 110.0], facts=facts):
        ids.update(caution.sources)
    assert ids
    for figure_id in ids:
        assert figure(figure_id).id == figure_id


def test_the_default_set_follows_form_and_age() -> None:
    assert default_set("esketamine", 45.0) == default_set("racemic_ketamine", None) == "kamp_2020_norketamine"
    assert default_set("racemic_ketamine", 9.0) == "kamp_2020_norketamine"
    assert default_set("esketamine", 0.5) == "flint_2017"
    with pytest.raises(UnknownNameError, match="Did you mean 'esketamine'"):
        default_set("esketamin", 40.0)


def test_a_range_warning_calls_the_set_by_its_title_and_names_it_once() -> None:
    facts = RegimenFacts(
        drug_forms=("racemic_ketamine",), longest_infusion_h=100.0, n_days_with_dose=5, routes=("intranasal",)
    )
    asked = pk_set("simons_2022")
    standing = set(range_warnings(asked))
    added = [c.text for c in range_warnings(asked, weight_kg=[130.0], age_years=[80.0], facts=facts)
             if c not in standing and c.code != "pk_r_ketamine"]  # fmt: skip
    assert len(added) >= 5
    for text in added:
        assert asked.title in text
        assert text.count(asked.name) == 1
        assert "racemic_ketamine" not in text
