"""What a course or a comparison shows of itself in a notebook: the headline, never a number without its band."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from subside.course.curve import Curve
from subside.course.names import quantity
from subside.units import show_duration

if TYPE_CHECKING:
    from subside.course.comparison import Comparison
    from subside.course.course import Caution, Course

SHOWN = ("nrs_pain", "phq9_total", "cadss_total", "sbp_mmhg", "ce_ketamine_ng_per_ml")
MOST_TIMES = 6
NOT_A_DEVICE = "Decision support and research software, not a medical device."


def course_html(course: Course) -> str:
    """Return a course as a small HTML table: medians with their 90 % bands at a few times."""
    who = (
        f"one patient; bands hold what is not known ({course.rows} draws)"
        if course.of_one_patient
        else f"{course.n_patients} patients"
    )
    failed = f"; {course.failed} could not be computed" if course.failed else ""
    names = [name for name in SHOWN if name in course.curves] or list(course.curves)[:5]
    return "".join(
        [
            f"<div><strong>{escape(course.title)}</strong><br>{escape(who)}{failed}; seed {course.seed}",
            _table(course.times_h, [(_label(n), n, course.curves[n]) for n in names]),
            _cautions(course.cautions),
            f"<p><small>{len(course.curves)} quantities: <code>course[\"nrs_pain\"]</code>. More: "
            "<code>.to_xarray()</code>, <code>.to_pandas()</code>, <code>.plot()</code>. "
            f"{NOT_A_DEVICE}</small></p></div>",
        ]
    )


def comparison_html(comparison: Comparison) -> str:
    """Return a comparison as a small HTML table: the differences of pain first, then each arm."""
    rows = [
        (f"pain, {label}", "nrs_pain", curves["nrs_pain"])
        for label, curves in comparison.differences.items()
        if "nrs_pain" in curves
    ]
    rows += [
        (f"pain, {name}", "nrs_pain", arm.curves["nrs_pain"])
        for name, arm in comparison.arms.items()
        if "nrs_pain" in arm.curves
    ]
    cautions = {(c.code, c.text): c for arm in comparison.arms.values() for c in arm.cautions}
    return "".join(
        [
            f"<div><strong>{len(comparison.arms)} arms, the same people in each</strong>; less pain is negative",
            _table(comparison.times_h, rows),
            _cautions(tuple(cautions.values())),
            "<p><small>More: <code>.to_xarray(differences=True)</code>, <code>.to_pandas()</code>, "
            f"<code>.plot()</code>. {NOT_A_DEVICE}</small></p></div>",
        ]
    )


def _label(name: str) -> str:
    known = quantity(name)
    return f"{known.label}, {known.unit}"


def _table(times_h: Sequence[float] | np.ndarray, rows: Sequence[tuple[str, str, Curve]]) -> str:
    times = np.asarray(times_h)
    at = np.unique(np.linspace(0, len(times) - 1, min(MOST_TIMES, len(times))).round().astype(int))
    head = "".join(f"<th>{escape(show_duration(float(times[i])))}</th>" for i in at)
    body = "".join(
        f"<tr><td style='text-align:left'>{escape(label)}</td>"
        + "".join(f"<td>{_cell(curve, int(i), quantity(name).digits)}</td>" for i in at)
        + "</tr>"
        for label, name, curve in rows
    )
    return f"<table><thead><tr><th>median (5th to 95th percentile)</th>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(curve: Curve, index: int, digits: int) -> str:
    values = (curve.median[index], curve.low[index], curve.high[index])
    if not np.all(np.isfinite(values)):
        return "not computed"
    middle, low, high = (f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}") for value in values)
    return middle if low == high else f"{middle} ({low} to {high})"


def _cautions(cautions: Sequence[Caution]) -> str:
    if not cautions:
        return ""
    lines = "".join(f"<li>{escape(caution.text)}</li>" for caution in cautions)
    return f"<details><summary>{len(cautions)} warnings</summary><ul>{lines}</ul></details>"
