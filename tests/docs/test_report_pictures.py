"""The pictures of the report, read back as a reader reads them: off the ticks, against the course."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from subside.report import render

HOURS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0, "weeks": 168.0}


def _made() -> ModuleType:
    name = "report_examples_for_the_pictures"
    if name not in sys.modules:
        spec = util.spec_from_file_location(name, Path(__file__).with_name("test_report.py"))
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@dataclass(frozen=True)
class Picture:
    """One panel: its marks on paper, and the two scales that its ticks define."""

    svg: str
    to_hours: np.poly1d
    to_value: np.poly1d

    def line(self, kind: str) -> np.ndarray:
        """The points of a median line, as (hours, value)."""
        return self._points(re.search(rf'<path class="line {kind}" d="([^"]*)"', self.svg).group(1))

    def band(self, share: int, kind: str) -> np.ndarray:
        """The outline of a band, as (hours, value)."""
        return self._points(re.search(rf'<path class="band{share} {kind}" d="([^"]*)"', self.svg).group(1))

    def _points(self, path: str) -> np.ndarray:
        xy = np.array([[float(n) for n in p.split()] for p in re.split("[MLZ]+", path) if p])
        return np.column_stack([self.to_hours(xy[:, 0]), self.to_value(xy[:, 1])])


def _picture(text: str, key: str) -> Picture:
    svg = next(s for s in text.split("<svg ")[1:] if f'id="{key}-t"' in s).partition("</svg>")[0]
    ticks = re.findall(
        r'<text class="tick" x="([\d.]+)" y="([\d.]+)" text-anchor="(end|middle)">([^<]+)<', svg
    )
    unit = re.search(r'class="x-title"[^>]*>(\w+)', svg).group(1)
    across = [(float(x), HOURS[unit] * _number(t)) for x, _, anchor, t in ticks if anchor == "middle"]
    # The word beside the dose lane stands among the ticks of the values.
    up = [(float(y) - 4.0, _number(t)) for _, y, anchor, t in ticks if anchor == "end" and t != "dose"]
    return Picture(svg, _through(across), _through(up))


def _through(pairs: list[tuple[float, float]]) -> np.poly1d:
    at, value = np.array(pairs).T
    assert len(pairs) >= 2
    fit = np.poly1d(np.polyfit(at, value, 1))
    # Ticks stand where their numbers say: a tenth of a unit is how finely the page draws.
    assert np.allclose(fit(at), value, atol=abs(fit[1]) * 0.15)
    return fit


def _number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize(
    ("key", "name", "scale"),
    [
        ("pain0-w", "nrs_pain", 1.0),
        ("pain0-z", "nrs_pain", 1.0),
        ("sens-w", "sensitization", 1.0),
        ("level", "cp_ketamine_ng_per_ml", 1.0),
        ("block", "nmda_block", 100.0),
        ("mood-phq9_total", "phq9_total", 1.0),
        ("vital-sbp_mmhg", "sbp_mmhg", 1.0),
        ("side-p_nausea", "p_nausea", 100.0),
    ],
)
def test_a_line_and_its_bands_read_off_the_ticks_give_back_the_course(key, name, scale):
    made = _made().report()
    picture = _picture(render(made), key)
    times, curve = made.course.times_h, made.course[name]
    # The page draws to a tenth of a unit; where a line is steep, a tenth in time is more in value.
    near_t, near_v = 0.1 * abs(picture.to_hours[1]), 0.1 * abs(picture.to_value[1])

    def close(points: np.ndarray, *series: np.ndarray) -> bool:
        def on(one: np.ndarray, hours: float, value: float) -> bool:
            passed = (times > hours - near_t) & (times < hours + near_t)
            around = np.interp([hours - near_t, hours, hours + near_t], times, one * scale)
            around = np.concatenate([around, one[passed] * scale])
            return bool(around.min() - near_v <= value <= around.max() + near_v)

        return all(any(on(one, *point) for one in series) for point in points)

    line = picture.line("case")
    assert len(line) > 10
    assert close(line, curve.median)
    assert not close(line, curve.high)
    assert close(picture.band(50, "case"), curve.low50, curve.high50)
    assert close(picture.band(90, "case"), curve.low, curve.high)
    inner, outer = picture.band(50, "case"), picture.band(90, "case")
    assert np.ptp(inner[:, 1]) < np.ptp(outer[:, 1])


def test_the_difference_is_drawn_where_the_comparison_puts_it_with_its_threshold():
    made = _made().report()
    picture = _picture(render(made), "diff")
    curve = made.comparison.differences["case - placebo"]["nrs_pain"]
    line = picture.line("case")
    deepest = line[np.argmin(line[:, 1])]
    assert deepest[1] == pytest.approx(curve.median.min(), abs=0.2 * abs(picture.to_value[1]))
    rule = float(re.search(r'<path class="rule" d="M[\d.]+ ([\d.]+)H', picture.svg).group(1))
    assert picture.to_value(rule) == pytest.approx(-2.0, abs=0.02)


def test_placebo_is_the_placebo_arm_and_the_regimen_the_regimen():
    made = _made().report()
    picture = _picture(render(made), "pain0-w")
    end = 100.0
    at = made.course.nearest(end)
    for kind, course in (("case", made.course), ("placebo", made.comparison.arms["placebo"])):
        line = picture.line(kind)
        drawn = line[np.argmin(np.abs(line[:, 0] - made.course.times_h[at])), 1]
        assert drawn == pytest.approx(course["nrs_pain"].median[at], abs=0.1)


def test_marks_stand_at_the_time_and_value_that_were_observed():
    made = _made().report()
    picture = _picture(render(made), "pain0-w")
    # A mark is a diamond: its path starts 5 units above its middle.
    marks = re.findall(r'<path class="mark" d="M([\d.]+) ([\d.]+)l5 5', picture.svg)
    found = sorted((picture.to_hours(float(x)), picture.to_value(float(y) + 5)) for x, y in marks)
    wanted = sorted((o.at_h, o.value) for o in made.case.observations if o.what == "nrs_pain")
    assert np.allclose(found, wanted, atol=[0.1 * picture.to_hours[1], 0.05])


def test_every_infusion_and_bolus_of_a_series_is_in_the_dose_lane():
    made = _made().report(_made().OUTPATIENT)
    picture = _picture(render(made), "pain0-z")
    boluses = re.findall(r'<path class="stem" d="M([\d.]+) ', picture.svg)
    at = [picture.to_hours(float(x)) for x in boluses]
    wanted = [b.at_h for b in made.case.regimen().boluses]
    assert np.allclose(at, wanted, atol=0.1 * picture.to_hours[1])
    starts = re.findall(r'<path class="dose" d="M([\d.]+) ', picture.svg)
    assert len(starts) == len(made.case.regimen().segments) == 10


def test_the_height_of_the_dose_lane_is_the_rate():
    made = _made().report()
    svg = _picture(render(made), "pain0-z").svg
    tops = re.findall(r'<path class="dose" d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)H', svg)
    low, high = (float(base) - float(top) for base, top in tops)
    assert low / high == pytest.approx(5 / 22, rel=0.03)


def test_side_effects_are_shown_for_the_infusion_with_the_highest_rate():
    case = _made().OUTPATIENT.replace('bolus = "10 mg"\n', "").replace("count = 10", "count = 3")
    stronger = """
[[infusion]]
drug = "racemic_ketamine"
start = "30 d"
steps = [ { rate = "0.5 mg/kg/h", for = "4 h" } ]
"""
    text = render(_made().report(case + stronger))
    assert "infusion 4 of 4" in text
    hours = _picture(text, "vital-sbp_mmhg").line("case")[:, 0]
    # All but the points beyond the edges, which lie outside the frame.
    assert np.mean((hours >= 30 * 24 - 1) & (hours <= 30 * 24 + 4 + 2)) > 0.9
    equal = render(_made().report(case))
    assert "infusion 1 of 3" in equal


def test_each_cell_of_the_table_is_the_median_and_band_of_its_arm_and_time():
    made = _made().report()
    table = re.search(r'<table class="numbers">.*?</table>', render(made), flags=re.DOTALL).group()
    heads = re.findall(r'<th scope="col" class="n">([^<]+)<', table)
    hours = {"start": 0.0, "100 h": 100.0, "1 wk": 168.0, "4 wk": 672.0, "12 wk": 2016.0}
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', table)
    assert [name for name, _ in rows[:2]] == ["this regimen", "placebo"]
    for (_, cells), course in zip(rows[:2], (made.course, made.comparison.arms["placebo"]), strict=True):
        values = re.findall(r'<td class="n">([\d.]+) <span class="band">([\d.]+) to ([\d.]+)<', cells)
        assert len(values) == len(heads)
        for head, shown in zip(heads, values, strict=True):
            index = course.nearest(hours[head])
            curve = course["nrs_pain"]
            wanted = (curve.median[index], curve.low[index], curve.high[index])
            assert shown == tuple(f"{v:.1f}" for v in wanted)


def test_a_description_for_those_who_do_not_see_says_the_same_numbers():
    made = _made().report()
    svg = _picture(render(made), "pain0-w").svg
    said = re.search(r"<desc[^>]*>(.*?)</desc>", svg).group(1)
    curve, index = made.course["nrs_pain"], made.course.nearest(168.0)
    low, middle, high = (getattr(curve, f)[index] for f in ("low", "median", "high"))
    assert f"At 1 wk: this regimen {middle:.1f} (90 % band {low:.1f} to {high:.1f})" in said


def test_a_curve_of_thousands_of_times_is_thinned_without_losing_its_peaks():
    made = _made().report()
    times = np.linspace(-168.0, 2016.0, 20_001)
    curves = {}
    for name, curve in made.course.curves.items():
        fine = {
            f: np.interp(times, made.course.times_h, getattr(curve, f))
            for f in ("median", "low", "high", "low50", "high50", "mean", "sd")
        }
        if name == "nrs_pain":
            fine["median"] = fine["median"].copy()
            fine["median"][12_345] = fine["high"][12_345] = 9.9
        curves[name] = replace(curve, **fine)
    course = replace(made.course, times_h=times, curves=curves, samples=None)
    text = render(replace(made, course=course, comparison=None))
    line = _picture(text, "pain0-w").line("case")
    assert len(line) < 2500
    assert line[:, 1].max() == pytest.approx(9.9, abs=0.05)
