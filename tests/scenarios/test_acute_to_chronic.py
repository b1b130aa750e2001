"""Most people recover from an operation, some do not, and who does not depends on what is known to matter.

Sizes stand beside the published ones on docs/explanation/acute-to-chronic.md, misses included; here the
directions, which both forms must have.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import subside.engine
from subside.case import read_case
from subside.engine.population.injury import FORMS
from subside.validation.acute_to_chronic import Odds, Patients, Share, operated
from subside.validation.acute_to_chronic_outcomes import typical

PEOPLE = 384
EXAMPLE = Path(__file__).parents[2] / "examples/after_thoracotomy.toml"


@pytest.fixture(scope="module", params=FORMS)
def found(request: pytest.FixtureRequest) -> dict[str, Patients]:
    form = request.param
    return {
        surgery: operated(surgery, form, typical(form), people=PEOPLE)
        for surgery in ("mixed", "thoracotomy", "gastrointestinal")
    }


def share(people: Patients, month: int, least: int) -> float:
    return people.share(Share(figure="", surgery="", month=month, least_nrs=least))


def test_most_recover_and_some_do_not(found: dict[str, Patients]) -> None:
    for people in found.values():
        # of 100, at least 60 have less than moderate pain a year later, and not all of them none
        assert 0.2 < share(people, 12, 3) < 40.0
        assert share(people, 12, 1) > 2.0


def test_fewer_are_in_pain_later_and_more_after_thoracotomy(found: dict[str, Patients]) -> None:
    for people in found.values():
        assert share(people, 3, 1) >= share(people, 6, 1) >= share(people, 12, 1) - 1.0
    assert share(found["thoracotomy"], 6, 1) > share(found["gastrointestinal"], 6, 1)


@pytest.mark.parametrize(
    ("factor", "raises"),
    [
        ("depression", True), ("sleep", True), ("inhibition", False), ("acute", True), ("cut_nerve", True),
        ("before", True),
    ],
)  # fmt: skip
def test_the_odds_move_the_right_way(found: dict[str, Patients], factor: str, raises: bool) -> None:
    surgery = "thoracotomy" if factor in ("inhibition", "cut_nerve") else "mixed"
    odds = found[surgery].odds(Odds(figure="", surgery=surgery, factor=factor))
    assert (odds > 1.0) == raises


def test_a_case_file_begins_with_the_injury_and_says_how_many_stay_in_pain() -> None:
    case = read_case(EXAMPLE)
    course = subside.engine.simulate(case, n_patients=200, seed=2, times_h=[0.0, 24.0, 24.0 * 90, 24.0 * 365])
    still = course["p_moderate_pain"].median
    assert still[0] == 0.0  # before it
    assert still[1] > 0.8  # four of ten on the first day
    assert 0.02 < still[3] <= still[2] + 0.05 < 0.7
    assert course["nrs_pain"].median[1] == pytest.approx(4.0, abs=0.7)
    assert "p_response_30" not in course
    assert "injury" in {caution.code for caution in course.cautions}
    assert np.isfinite(course["sensitization"].median).all()


@pytest.mark.parametrize("form", FORMS)
def test_the_same_person_with_more_acute_pain_never_keeps_less(form: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8") + f'\n[options]\nsensitization = "{form}"\n'
    pains = []
    for acute in ("nrs_pain = 3", "nrs_pain = 4", "nrs_pain = 6"):
        case = subside.case.parse_case(text.replace("nrs_pain = 4", acute))
        course = subside.engine.simulate(
            case, n_patients=64, seed=2, times_h=[24.0 * 30, 24.0 * 365], verify=False
        )
        pains.append(course.samples["nrs_pain"])
    for less, more in pairwise(pains):
        # swings are the same person's; the rating is in single precision
        assert (more >= less - 1e-3).all()
