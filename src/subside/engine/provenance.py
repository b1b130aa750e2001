"""Which figures a run rests on."""

from __future__ import annotations

from subside.engine.arms import Arm
from subside.engine.conditions import profile
from subside.engine.drugs import pk_set
from subside.engine.drugs.opioids import opioid
from subside.engine.drugs.others import others
from subside.engine.group import Group
from subside.engine.population.beliefs import Belief, Beliefs, Hypothesis
from subside.engine.population.injury import FORMS
from subside.engine.population.injury import beliefs as injury_beliefs
from subside.engine.population.people import set_name
from subside.errors import UnknownNameError
from subside.evidence import by_row, figure

WEAK = ("recalled", "assumed", "design")


def sources(group: Group, arm: Arm) -> tuple[str, ...]:
    """Return the ids of all figures behind a run of this group in this arm, sorted."""
    found = set(pk_set(set_name(arm.case)).figures)
    found.update(profile(arm.case.patient.condition).sources)
    found.update(_others(arm))
    stand_ins = [
        row for name in group.start.stand_ins for row in group.beliefs.baselines.get(name, {}).get("rows", ())
    ]
    wounds = (
        []
        if arm.case.injury is None
        else [row for form in FORMS for row in _rows(injury_beliefs(form))]
    )
    for row in (*_rows(group.beliefs), *stand_ins, *wounds):
        try:
            # a study's figure by its own name, or a row of the literature table
            found.add(figure(row).id if "." in row else by_row(row).id)
        except UnknownNameError:  # a row of the literature that no study file holds
            continue
    return tuple(sorted(found))


def weak_parameters(beliefs: Beliefs) -> tuple[tuple[str, str, str], ...]:
    """Return (name, basis, note) of each parameter and hypothesis that rests on no reading."""
    items: list[Belief | Hypothesis] = [*beliefs.parameters.values(), *beliefs.hypotheses.values()]
    return tuple((item.name, item.basis, item.note) for item in items if item.basis in WEAK)


def _rows(beliefs: Beliefs) -> list[str]:
    items: list[Belief | Hypothesis] = [*beliefs.parameters.values(), *beliefs.hypotheses.values()]
    return [row for item in items for row in item.rows]


def _others(arm: Arm) -> set[str]:
    """Return the figures behind opioids given beside ketamine or without it."""
    patient = arm.case.patient
    found: set[str] = set()
    for course in others(arm.case).opioids:
        found.update(
            opioid(
                course.name,
                weight_kg=patient.weight_kg,
                age_years=patient.age_years,
                height_cm=patient.height_cm,
                sex=patient.sex,
            ).sources
        )
    return found
