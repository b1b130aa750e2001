"""Every scenario file: a person in, the decision and its reasons out.

A file says which person it starts from (``people/``), what is different, and what has to come out.
``verdict`` is the decision in words, ``reasons`` rules that must speak, ``silent`` rules that must
not, ``ask`` exactly the shortest list of questions, ``urgent`` the urgent paths that must be open.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from subside.care import Assessment, Facts, load_profile
from subside.care.discharge import discharge_gate
from subside.care.limits import check_facts, check_pump
from subside.care.medicines import medicine_answers
from subside.care.refractory import Tried, refractoriness
from subside.care.screening import screen, start_gate

HERE = Path(__file__).parent
DECISIONS = {
    "screening": screen,
    "start": start_gate,
    "limits": check_facts,
    "pump": check_pump,
    "discharge": discharge_gate,
}
FILES = sorted(path for folder in DECISIONS for path in (HERE / folder).glob("*.toml"))


def facts_of(answers: dict[str, object]) -> Facts:
    """Return the facts of a scenario: lists of medicines and treatments become answers."""
    answers = dict(answers)
    if "medicines" in answers:
        listed = answers.pop("medicines")
        answers |= medicine_answers(None if listed == "unknown" else listed)
    if "prior_treatments" in answers:
        tried = answers.pop("prior_treatments")
        entries = None if tried == "unknown" else [Tried(**entry) for entry in tried]
        answers["refractory"] = refractoriness(entries).refractory
    return Facts.of(answers)


def decide(scenario: dict, folder: str) -> Assessment:
    """Return what the software decides about the person of a scenario."""
    person = HERE / "people" / f"{scenario['person']}.toml"
    answers = {**tomllib.loads(person.read_text(encoding="utf-8")), **scenario.get("differs", {})}
    profile = load_profile(scenario.get("profile", "strict"))
    return DECISIONS[folder](facts_of(answers), profile=profile)


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_the_decision_and_its_reasons_are_as_the_scenario_says(path):
    scenario = tomllib.loads(path.read_text(encoding="utf-8"))
    expected = scenario["expect"]
    found = decide(scenario, path.parent.name)
    spoke = {finding.rule.id for finding in found.fired}
    assert found.words == expected["verdict"]
    assert set(expected.get("reasons", [])) <= spoke
    assert not set(expected.get("silent", [])) & spoke
    if "ask" in expected:
        assert [question.name for question in found.questions] == expected["ask"]
    assert [path.name for path in found.urgent] == expected.get("urgent", [])


def test_there_are_enough_scenarios_and_each_says_what_it_shows():
    for path in FILES:
        scenario = tomllib.loads(path.read_text(encoding="utf-8"))
        assert scenario["title"], path
        assert set(scenario) <= {"title", "about", "person", "profile", "differs", "expect"}, path
    assert len(FILES) >= 45
