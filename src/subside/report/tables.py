"""Tables of medians and bands at a few times: what pictures show, in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from subside.course import Course, Curve, quantity
from subside.report.content import Report
from subside.report.headlines import horizon_h
from subside.report.regimen import lane
from subside.report.words import arm_words, column_moment, shown


def table(report: Report, names: Sequence[str]) -> str:
    """Return the numbers behind a figure as a folded table: for readers who do not see pictures."""
    times = key_times(report)
    arms = arm_courses(report)
    head = "".join(f'<th scope="col" class="n">{escape(column_moment(t))}</th>' for t in times)
    rows = []
    for name in names:
        look = shown(name)
        for arm, course in arms:
            if name not in course or not has_values(course[name]):
                continue
            cells = "".join(f'<td class="n">{cell(course, name, t)}</td>' for t in times)
            rows.append(
                f'<tr><th scope="row">{escape(look.axis)}, {escape(arm_words(arm))}</th>{cells}</tr>'
            )
    return (
        "<details><summary>The numbers behind the figure</summary>"
        '<div class="scroll"><table><thead><tr><th scope="col">Median, 90 % band</th>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def cell(course: Course, name: str, time_h: float) -> str:
    """Return a table cell: the median and, where there is one, the 90 % band."""
    index = course.nearest(time_h)
    look = shown(name)
    if index is None:
        return look.number(math.nan)
    curve = course[name]
    text = escape(look.number(float(curve.median[index])))
    # The interval of a response share says how many draws were made, not how patients differ.
    if quantity(name).group == "response":
        return text
    if curve.has_band and math.isfinite(float(curve.median[index])):
        low, high = look.number(float(curve.low[index])), look.number(float(curve.high[index]))
        text += f' <span class="band">{escape(low)} to {escape(high)}</span>'
    return text


def key_times(report: Report) -> tuple[float, ...]:
    """Return the times at which numbers are printed: start, end of the infusions, weeks, the horizon."""
    course = report.course
    if len(course.times_h) == 0:
        return ()
    end = lane(report.case).end_h
    wanted = [0.0, *([end] if end is not None else []), 168.0, 4 * 168.0, 12 * 168.0]
    wanted.append(horizon_h(report))
    found: list[float] = []
    for time_h in sorted(wanted):
        index = course.nearest(time_h, within_h=max(2.0, 0.05 * abs(time_h)))
        if index is None:
            continue
        at = float(course.times_h[index])
        if all(abs(at - other) > max(1.0, 0.1 * abs(at)) for other in found):
            found.append(at)
    return tuple(found)


def arm_courses(report: Report) -> list[tuple[str, Course]]:
    """Return the regimen's course and, where there is one, the reference's, each with its name."""
    arms: list[tuple[str, Course]] = [(report.arm, report.course)]
    reference = report.reference_name
    if reference is not None and report.reference_course is not None:
        arms.append((reference, report.reference_course))
    return arms


def has_values(curve: Curve) -> bool:
    """Return whether anything of a curve could be computed."""
    return bool(np.isfinite(curve.median).any())
