"""The summary on a terminal: the same numbers as the course, at any width, without a traceback."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console

from subside.report import comparison_summary, headline, render, summary


def _made() -> ModuleType:
    """The invented reports of the neighbor file: test files do not import each other by name."""
    name = "report_examples_for_the_terminal"
    if name not in sys.modules:
        spec = util.spec_from_file_location(name, Path(__file__).with_name("test_report.py"))
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def _printed(thing: object, *, width: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False, color_system=None).print(thing)
    return out.getvalue()


def _flat(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("│", " ").split())


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(width):
    text = _printed(summary(_made().report()), width=width)
    assert max(map(len, text.splitlines())) <= width
    # An ellipsis is how a table says that it cut something off.
    assert "\N{HORIZONTAL ELLIPSIS}" not in text


def test_a_wider_terminal_shows_more_times_and_a_narrow_one_keeps_the_headline():
    made = _made().report()
    narrow, wide = (_printed(summary(made), width=w) for w in (60, 160))
    assert "4 wk" in wide
    assert "4 wk" not in narrow
    assert "1 wk" in narrow


def test_the_summary_says_who_what_the_difference_and_that_it_is_no_device():
    made = _made().report()
    text = _flat(_printed(summary(made)))
    for said in (
        "Invented patient, four-day esketamine",
        "Complex regional pain syndrome",
        "46 years",
        "22 mg/h",
        _flat(headline(made).sentence),
        "Invented caution",
        "not a medical device",
    ):
        assert said in text


def test_the_table_holds_the_medians_and_bands_of_the_course():
    made = _made().report()
    text = _printed(summary(made), width=160)
    index = made.course.nearest(168.0)
    for arm in (made.course, made.comparison.arms["placebo"]):
        curve = arm["nrs_pain"]
        low, middle, high = (getattr(curve, f)[index] for f in ("low", "median", "high"))
        assert f"{middle:.1f} ({low:.1f}\N{EN DASH}{high:.1f})" in text


def test_safety_peaks_are_those_that_people_reach_while_drug_flows():
    made = _made().report()
    during = (made.course.times_h >= 0.0) & (made.course.times_h <= 102.0)  # 100 h and 2 h after
    line = _line_of("Systolic pressure", made)
    peaks = sorted(row[during].max() for row in made.course.samples["sbp_mmhg"])
    # 120 people: the median lies between the 60th and 61st, the 95th percentile by the 114th.
    assert f" {(peaks[59] + peaks[60]) / 2:.0f} " in line
    # median, change, edge, change, "98.7 h"
    edge = float(line.split()[-4])
    assert peaks[112] - 0.5 <= edge <= peaks[115] + 0.5


def test_without_samples_the_extremes_are_those_of_the_curves_and_that_is_said():
    made = _made().report()
    bare = replace(made, course=replace(made.course, samples=None))
    during = (made.course.times_h >= 0.0) & (made.course.times_h <= 102.0)
    curve = made.course["spo2_percent"]
    line = _line_of("Oxygen saturation", bare)
    assert f" {curve.median[during].min():.0f} " in line
    assert f" {curve.low[during].min():.0f} " in line
    assert "not of persons" in render(bare)
    assert "Each person's own extreme" in render(made)


def _line_of(start: str, made: object) -> str:
    text = _printed(summary(made), width=120)
    return next(s for s in text.splitlines() if s.startswith(start))


def test_the_comparison_shows_every_arm_and_the_chance_of_each_difference():
    made = _made().report()
    text = _printed(comparison_summary(made), width=120)
    assert "this regimen" in text
    assert "placebo" in text
    share = made.comparison.chance("case", "placebo", "nrs_pain", time_h=168.0, at_least=2.0)
    assert f"{100 * share:.0f} %" in _flat(text)
    assert "this regimen \N{MINUS SIGN} placebo" in text


def test_without_a_comparison_the_comparison_summary_is_the_summary():
    made = _made().report(_made().NO_INFUSION, with_placebo=False)
    assert _printed(comparison_summary(made)) == _printed(summary(made))
    assert "No ketamine is given" in _printed(summary(made))


def test_failed_patients_are_said_on_the_terminal_too():
    assert "3 of 120 draws" in _flat(_printed(summary(_made().report(failed=3))))
