"""What the report says beside its numbers, so that none is read as what it is not."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from rich.console import Console

from subside.course import compare
from subside.report import comparison_summary, headline, render, summary
from subside.report.headlines import RELIEF
from subside.report.safety import extremes


def _made() -> ModuleType:
    """The invented reports of the neighbor file: test files do not import each other by name."""
    name = "report_examples_for_the_remarks"
    if name not in sys.modules:
        spec = util.spec_from_file_location(name, Path(__file__).with_name("test_report.py"))
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def _flat(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def _page(made: object) -> str:
    return _flat(_made().Page(render(made)).text)


def _terminal(made: object, *, of_arms: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=140, color_system=None).print((comparison_summary if of_arms else summary)(made))
    return _flat(out.getvalue())


def _of_usual_pain(stated: str, **kwargs: object) -> object:
    made = _made()
    return made.report(made.INPATIENT.replace("nrs_pain = 7.2", stated), **kwargs)


WHY = "How many have 30 or 50 % less pain is not shown"


@pytest.mark.parametrize("stated", ["nrs_pain = 0", "nrs_pain = 1", "nrs_pain = 2.9"])
def test_without_pain_to_relieve_no_share_of_relief_is_shown_and_one_line_says_why(stated):
    made = _of_usual_pain(stated)
    assert set(RELIEF) <= set(made.course.curves)
    head = headline(made)
    assert head.share_30 is None
    assert head.share_30_reference is None
    for text in (_page(made), _terminal(made), _terminal(made, of_arms=True)):
        assert text.count(WHY) == 1
        assert "30 % relief" not in text
        assert "50 % relief" not in text
        assert "at least 30 % less pain than before" not in text


@pytest.mark.parametrize("stated", ["nrs_pain = 3", "nrs_pain = 7.2", ""])
def test_with_pain_or_pain_not_stated_the_shares_of_relief_stay(stated):
    made = _of_usual_pain(stated)
    assert headline(made).share_30 is not None
    for text in (_page(made), _terminal(made), _terminal(made, of_arms=True)):
        assert WHY not in text
        assert "30 % relief" in text
    assert "at least 30 % less pain than before" in _page(made)


def test_a_split_and_a_ledger_of_pain_that_nobody_computed_say_why_where_there_is_no_pain():
    bare = replace(_of_usual_pain("nrs_pain = 1"), splits=(), ledger=())
    text = _page(bare)
    assert "The split is of pain relief and was not computed: the stated usual pain is 1 of 10." in text
    assert "The ledger is of pain relief and was not computed" in text
    assert "of pain relief and was not computed" not in _page(
        replace(_of_usual_pain("nrs_pain = 7.2"), splits=(), ledger=())
    )


def test_the_band_at_the_start_is_said_to_be_the_swing_around_what_was_stated():
    said = "The band of pain at the start is its swing from day to day around the stated usual level of 7.2"
    one, many = _of_usual_pain("nrs_pain = 7.2"), _of_usual_pain("nrs_pain = 7.2", n_patients=2)
    for text in (_page(one), _terminal(one)):
        assert f"{said}. The model takes people to come for treatment on a bad day" in text
    assert f"{said}, and how far people described alike differ." in _page(many)
    unknown = _page(_of_usual_pain(""))
    assert said not in unknown
    assert "The case states no usual pain: the band of pain at the start is the range" in unknown


def test_a_typical_line_has_no_band_and_no_word_about_one():
    made = _of_usual_pain("nrs_pain = 7.2")
    line = replace(
        made.course,
        curves={n: type(c).exact(n, c.unit, c.median) for n, c in made.course.curves.items()},
        samples=None,
    )
    assert "band of pain at the start" not in _page(
        replace(made, course=line, comparison=None, typical=True)
    )


def test_scores_that_look_back_are_said_to_be_no_questionnaire_repeated_by_the_hour():
    text = _page(_made().report())
    assert (
        "PHQ-9 and GAD-7 ask about the last 2 weeks. Shown is the underlying burden on that scale" in text
    )
    alone = _page(_made().report(leave_out=("gad7_total",)))
    assert "PHQ-9 asks about the last 2 weeks" in alone
    neither = _page(_made().report(leave_out=("gad7_total", "phq9_total")))
    assert "questionnaire repeated by the hour" not in neither


def test_a_score_that_nothing_moves_is_not_said_to_change_by_the_hour():
    made = _made().report()
    placebo = made.comparison.arms["placebo"]
    same = replace(made.course, curves={**made.course.curves, "gad7_total": placebo["gad7_total"]})
    both = compare({"case": replace(same, samples=None), "placebo": replace(placebo, samples=None)})
    text = _page(replace(made, course=both.arms["case"], comparison=both))
    assert "PHQ-9 asks about the last 2 weeks" in text
    assert "GAD-7 ask" not in text


def test_the_change_of_a_vital_sign_leaves_out_how_resting_values_differ():
    made = _made().report()
    wide = np.linspace(-30.0, 30.0, made.course.rows)[:, None]
    spread = replace(
        made.course, samples={**made.course.samples, "sbp_mmhg": made.course.samples["sbp_mmhg"] + wide}
    )
    one, two = ({e.name: e for e in extremes(replace(made, course=c))} for c in (made.course, spread))
    # Moving a whole person up or down moves the value reached and cannot move the change (rounding).
    assert two["sbp_mmhg"].edge > one["sbp_mmhg"].edge + 5
    assert two["sbp_mmhg"].change_middle == pytest.approx(one["sbp_mmhg"].change_middle, abs=1e-9)
    assert two["sbp_mmhg"].change_edge == pytest.approx(one["sbp_mmhg"].change_edge, abs=1e-9)
    # Oxygen is watched downward: what one in twenty go beyond is the larger fall.
    assert one["spo2_percent"].change_edge < one["spo2_percent"].change_middle < 0
    # What is no vital sign has no change of its own.
    assert not one["cadss_total"].has_change


def test_the_change_counts_from_the_last_value_before_the_first_dose():
    made = _made().report()
    times = made.course.times_h
    rows = np.zeros((made.course.rows, len(times)))
    rows[:, times < 0] = 50.0
    rows[:, times == 0] = 100.0
    rows[:, times > 0] = 120.0
    steps = replace(made.course, samples={**made.course.samples, "hr_bpm": rows})
    found = {e.name: e for e in extremes(replace(made, course=steps))}
    assert (found["hr_bpm"].change_middle, found["hr_bpm"].change_edge) == (20.0, 20.0)


def test_the_tables_of_extremes_say_what_each_number_is_from():
    made = _made().report()
    text, screen = _page(made), _terminal(made)
    assert "Change from own value before the first infusion" in text
    assert "Change: from each person's own value before the first infusion." in screen
    # Pressures are stated in this case, the heart rate and breathing are not.
    assert "The case states no resting heart rate, oxygen saturation or respiratory rate" in text


def test_without_samples_or_without_a_time_before_the_first_dose_no_change_is_claimed():
    made = _made().report()
    bare = replace(made, course=replace(made.course, samples=None))
    later = replace(made, course=_made()._at(made.course, list(range(12, 200))), comparison=None)
    assert later.course.times_h[0] > 0
    for without in (bare, later):
        assert not any(e.has_change for e in extremes(without))
        assert "Change from own value" not in _page(without)
        assert "own value before" not in _terminal(without)
    assert "the samples were not kept" in _page(bare)
    assert "the samples were not kept" not in _page(later)
