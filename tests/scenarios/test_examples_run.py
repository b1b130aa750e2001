"""Every published protocol runs from file to report, and its curves are such as a clinician could believe.

Bounds are wide on purpose: they catch a wrong unit, a lost effect or a runaway, not a debatable size.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from subside.case import Case, read_case
from subside.course import NAMES, Comparison
from subside.engine import compare
from subside.engine.arms import own
from subside.engine.group import gather, left_out, prepare
from subside.engine.population.beliefs import fitted
from subside.engine.systems.chronic_pain.solve import solve
from subside.engine.times import default_times_h, visit_spans
from subside.report import Report, headline, render, write_report

FOLDER = Path(__file__).parents[2] / "examples/from_papers"
FILES = sorted(FOLDER.glob("*.toml"))
#: Depression and stress without chronic pain have no pain in their course.
PAINFUL = [file for file in FILES if "nrs_pain" not in left_out(read_case(file))]
TITRATED = [file for file in FILES if read_case(file).regimen().policies]
DRAWS = 12

_COMPARED: dict[str, Comparison] = {}


def _compared(file: Path) -> Comparison:
    """Return the case beside placebo; once a file, for all tests."""
    if file.stem not in _COMPARED:
        _COMPARED[file.stem] = compare(read_case(file), ["placebo"], draws=DRAWS)
    return _COMPARED[file.stem]


def _while_it_runs(case: Case, times_h: np.ndarray) -> np.ndarray:
    """Return which times lie in an infusion."""
    return np.any([(a <= times_h) & (times_h <= b) for a, b in visit_spans(case)], axis=0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_curve_is_finite_and_within_what_its_quantity_can_be(file: Path) -> None:
    for arm in _compared(file).arms.values():
        assert ("nrs_pain" in arm.curves) == (file in PAINFUL)
        for name, curve in arm.curves.items():
            quantity = NAMES[name]
            for part in (curve.low, curve.median, curve.high, curve.mean):
                assert np.isfinite(part).all(), name
                # single precision at the ends of a scale
                assert quantity.low is None or np.min(part) >= quantity.low - 1e-4, name
                assert quantity.high is None or np.max(part) <= quantity.high + 1e-4, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_drug_is_there_while_it_runs_and_gone_two_days_later_and_placebo_has_none(file: Path) -> None:
    case, found = read_case(file), _compared(file)
    level, times = found.arms["case"]["cp_ketamine_ng_per_ml"].median, found.arms["case"].times_h
    inside = _while_it_runs(case, times)
    # clinic doses: tens to hundreds of ng/mL, below anesthesia (1,000 and more)
    assert 30.0 < level[inside].max() < 1000.0
    last = visit_spans(case)[-1][1]
    assert level[times > last + 48.0].max() < 1.0
    assert found.arms["placebo"]["cp_ketamine_ng_per_ml"].high.max() < 1e-6


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_pressure_rises_a_little_breathing_stays_and_all_of_it_passes(file: Path) -> None:
    case, course = read_case(file), _compared(file).arms["case"]
    inside = _while_it_runs(case, course.times_h)
    rise = course["sbp_mmhg"].median[inside].max() - course["sbp_mmhg"].median[0]
    assert 1.0 < rise < 40.0  # mmHg; published means lie between 3 and 30
    assert course["hr_bpm"].median[inside].max() < 110.0
    assert course["spo2_percent"].median.min() > 92.0
    assert course["rr_per_min"].median.min() > 8.0
    assert course["etco2_mmhg"].median.max() < 50.0
    last = visit_spans(case)[-1][1]
    after = course.times_h > last + 48.0
    for name in ("sbp_mmhg", "hr_bpm", "spo2_percent", "cadss_total", "moaas"):
        curve = course[name].median
        # two days on nothing of the infusion is left that a monitor would show
        np.testing.assert_allclose(curve[after], curve[0], rtol=0.005, atol=0.05, err_msg=name)


@pytest.mark.parametrize("file", PAINFUL, ids=lambda file: file.stem)
def test_pain_is_what_was_stated_before_and_lower_under_drug_than_under_placebo_after(file: Path) -> None:
    case, found = read_case(file), _compared(file)
    drug, placebo = (found.arms[name]["nrs_pain"].mean for name in ("case", "placebo"))
    start = int(np.searchsorted(found.arms["case"].times_h, 0.0))
    stated = case.patient.nrs_pain
    if stated is not None:
        # swings of one point, twelve people: four standard errors
        assert drug[start] == pytest.approx(stated, abs=1.3)
    end = int(np.searchsorted(found.arms["case"].times_h, visit_spans(case)[-1][1]))
    assert drug[end] < placebo[end]


@pytest.mark.parametrize("file", TITRATED, ids=lambda file: file.stem)
def test_titrated_rates_stay_within_floor_and_ceiling_and_differ_between_people(file: Path) -> None:
    case = read_case(file)
    group = gather(case, fitted(), 64, seed=1)
    people, plan = prepare(group, own(case), default_times_h(case))
    given = solve(people, plan, keep_states=True).given_mg_per_h
    assert given is not None
    for index, policy in enumerate(case.regimen().policies):
        steps = plan.policy == index
        rates = given[:, steps]
        assert rates.min() >= policy.floor_mg_per_h - 1e-9
        assert rates.max() <= policy.ceiling_mg_per_h + 1e-9
        np.testing.assert_allclose(rates[:, 0], policy.start_mg_per_h)
        assert rates[:, -1].std() > 0.0
        ups = np.diff(rates, axis=1)
        assert ups.max() <= policy.step_mg_per_h + 1e-9  # one step a decision, never two
    assert (given[:, plan.policy < 0] == 0.0).all()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_case_becomes_a_report_of_one_page_that_needs_no_network(file: Path, tmp_path: Path) -> None:
    case, found = read_case(file), _compared(file)
    report = Report(
        case=case, course=found.arms["case"], comparison=found, generated_at="2026-03-01 09:30 UTC"
    )
    path = tmp_path / "report.html"
    write_report(path, report)
    page = path.read_text(encoding="utf-8")
    assert case.title.split(",")[0] in page
    assert "not a medical device" in page
    assert "nan" not in re.findall(r"[a-z]+", page.lower().replace("not a number", ""))
    assert not re.search(r"""(?:src|href)=["']https?://[^"']+\.(?:js|css|woff2?|png)""", page)


def test_a_score_that_no_hypothesis_moves_is_not_reported_as_no_effect() -> None:
    """One trial in post-traumatic stress was positive, a larger one null: silence is not "the same"."""
    case = read_case(FOLDER / "feder_2021_ptsd.toml")

    def reported(case: Case) -> Report:
        found = compare(case, ["placebo"], draws=DRAWS, times_h=[0.0, 168.0, 336.0])
        return Report(
            case=case, course=found.arms["case"], comparison=found, generated_at="2026-03-01 09:30 UTC"
        )

    silent = reported(case)
    assert not headline(silent).modeled
    assert "says nothing about post-traumatic stress" in headline(silent).sentence
    page = render(silent)
    assert "Not modeled" in page
    assert "as asked for by name" not in page
    assert "the same" not in page.split("</section>")[1]
    asked = reported(case.model_copy(update={"options": {"post_traumatic_stress": "on"}}))
    assert headline(asked).modeled
    assert headline(asked).has_interval
    assert "90" in headline(asked).sentence
