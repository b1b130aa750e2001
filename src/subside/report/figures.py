"""The figures of the report: which curves stand together, in which window of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import numpy as np
from numpy.typing import NDArray

from subside.course import Curve
from subside.report.chart import Mark, Panel, Rule, Trace, draw
from subside.report.content import Report
from subside.report.headlines import PAIN, horizon_h, measure
from subside.report.regimen import Stretch, lane
from subside.report.tables import arm_courses, has_values, key_times, table
from subside.report.windows import windows
from subside.report.words import arm_words, moment, shown

MOOD = ("phq9_total", "madrs_total", "gad7_total", "pcl5_total", "sleep_nrs")
VITALS = ("sbp_mmhg", "dbp_mmhg", "map_mmhg", "hr_bpm", "spo2_percent", "rr_per_min", "etco2_mmhg")
SIDE_EFFECTS = ("cadss_total", "p_psychomimetic", "moaas", "p_nausea", "p_dizziness")
LEVELS = (
    ("cp_ketamine_ng_per_ml", "case", "arterial plasma"),
    ("ce_ketamine_ng_per_ml", "third", "effect site of pain"),
    ("cp_ketamine_venous_ng_per_ml", "fourth", "venous plasma"),
    ("cp_norketamine_ng_per_ml", "fifth", "norketamine, arterial"),
)
# The least a range spans, as shown: a wiggle below it is no finding. Choices of this page (design).
_LEAST_SPAN = {
    "sbp_mmhg": 30.0,
    "dbp_mmhg": 30.0,
    "map_mmhg": 30.0,
    "hr_bpm": 30.0,
    "spo2_percent": 8.0,
    "rr_per_min": 8.0,
    "etco2_mmhg": 15.0,
    "cadss_total": 10.0,
    "moaas": 2.0,
    "p_psychomimetic": 20.0,
    "p_nausea": 20.0,
    "p_dizziness": 20.0,
    "sensitization": 0.2,
}


def difference_figure(report: Report, *, key: str = "diff") -> str:
    """Return the figure of the difference from the reference over the whole course, or nothing."""
    reference = report.reference_name
    if report.comparison is None or reference is None:
        return ""
    name = measure(report)
    label = shown(name).label
    curve = report.comparison.differences.get(f"{report.arm} - {reference}", {}).get(name)
    if curve is None:
        return ""
    times = report.comparison.times_h
    view = windows(report)
    worth: tuple[Rule, ...] = ()
    if name == PAIN:
        points = report.worth_points
        worth = (Rule(value=-points, label=f"worth having: {points:g} points"),)
    panel = Panel(
        key=key,
        title=f"{label}: difference from {arm_words(reference)}",
        subtitle=f"{label}: points; below 0 is less",
        traces=(Trace(label="difference", kind="case", times_h=times, curve=curve),),
        start_h=view.whole.start_h,
        end_h=view.whole.end_h,
        description=_describe(times, (("difference", curve),), name, key_times(report)),
        doses=lane(report.case),
        rules=(
            Rule(value=0.0, label=f"the same as {arm_words(reference)}", kind="zero"),
            *worth,
        ),
        now_h=horizon_h(report),
        now_words=moment(horizon_h(report)),
        # A little above zero, so that the words on the line have room and harm would be seen.
        headroom=0.5,
        least_span=4.0,
        height=190.0,
    )
    return f"<figure>{draw(panel)}</figure>"


def course_figure(report: Report, name: str, *, key: str, fixed: tuple[float, float] | None = None) -> str:
    """Return one quantity in two panels, the whole course and the first infusions, or nothing."""
    if name not in report.course:
        return ""
    view = windows(report)
    look = shown(name)
    traces = _arms(report, name)
    panels = [_panel(report, name, traces, view.whole, key=f"{key}-w", words="Whole course", fixed=fixed)]
    if view.course is not None and _is_zoom(view.course, view.whole):
        words = "During and just after the infusions"
        if view.course_words:
            words += f" ({view.course_words})"
        panels.append(_panel(report, name, traces, view.course, key=f"{key}-z", words=words, fixed=fixed))
    shells = "".join(draw(p) for p in panels)
    one = " one" if len(panels) == 1 else ""
    return (
        f"<figure><figcaption>{escape(look.label)} "
        f'<span class="unit">({escape(_unit_words(name))})</span></figcaption>'
        f"{legend(traces, marks=bool(panels[0].marks))}"
        f'<div class="panels{one}">{shells}</div>{table(report, (name,))}</figure>'
    )


def level_figure(report: Report) -> str:
    """Return drug levels and receptor block in the session with the highest rate, or nothing."""
    view = windows(report)
    if view.session is None:
        return ""
    panels: list[Panel] = []
    traces = tuple(
        Trace(
            label=label,
            kind=kind,
            times_h=report.course.times_h,
            curve=report.course[name],
            bands=kind == "case",
        )
        for name, kind, label in LEVELS
        if name in report.course and has_values(report.course[name])
    )
    where = f", {view.session_words}" if view.session_words else ""
    if traces:
        panels.append(
            _simple(report, traces, view.session, key="level", subtitle=f"Level (ng/mL){where}")
        )
    if "nmda_block" in report.course:
        block = _arms(report, "nmda_block")[:1]
        panels.append(
            _simple(
                report,
                block,
                view.session,
                key="block",
                subtitle=f"Receptor channels blocked (%){where}",
                ceiling=100.0,
                name="nmda_block",
            )
        )
    if not panels:
        return ""
    shells = "".join(draw(p) for p in panels)
    names = tuple(n for n, _, _ in LEVELS if n in report.course)
    rows = (*names, *(("nmda_block",) if "nmda_block" in report.course else ()))
    return (
        f"<figure>{legend(traces)}<div class=\"panels\">{shells}</div>{table(report, rows)}</figure>"
    )


def small_multiples(report: Report, names: Sequence[str], *, zoomed: bool, key: str) -> str:
    """Return one small panel a quantity: zoomed on a session, or over the whole course."""
    view = windows(report)
    where = view.session if zoomed else view.whole
    present = [n for n in names if n in report.course and has_values(report.course[n])]
    if where is None or not present:
        return ""
    shells = []
    traces: tuple[Trace, ...] = ()
    for name in present:
        traces = _arms(report, name)
        panel = _panel(report, name, traces, where, key=f"{key}-{name}", words="", fixed=None)
        shells.append(draw(_small(panel)))
    marked = any(_marks(report, n) for n in present)
    return (
        f'<figure class="many">{legend(traces, marks=marked)}'
        f'<div class="panels three">{"".join(shells)}</div>{table(report, present)}</figure>'
    )


def legend(traces: Sequence[Trace], *, marks: bool = False) -> str:
    """Return the key of a figure: color, dash and words for every line, band and mark."""
    items = [
        f'<li><svg viewBox="0 0 30 14" aria-hidden="true"><path class="line {t.kind}" d="M1 7H29"/></svg>'
        f"{escape(t.label)}</li>"
        for t in traces
    ]
    if any(t.bands and t.curve.has_band for t in traces):
        items.append(
            '<li><svg viewBox="0 0 30 14" aria-hidden="true"><path class="band90 case" d="M0 0H30V14H0Z"/>'
            '<path class="band50 case" d="M0 4H30V10H0Z"/></svg>50 and 90 % bands</li>'
        )
    if marks:
        items.append(
            '<li><svg viewBox="0 0 30 14" aria-hidden="true"><path class="mark" d="M15 2l5 5l-5 5l-5-5z"/>'
            "</svg>measured</li>"
        )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _arms(report: Report, name: str) -> tuple[Trace, ...]:
    scale = shown(name).scale
    kinds = ("case", "placebo")
    return tuple(
        Trace(label=arm_words(arm), kind=kind, times_h=course.times_h, curve=course[name], scale=scale)
        for (arm, course), kind in zip(arm_courses(report), kinds, strict=False)
        if name in course
    )


def _panel(
    report: Report,
    name: str,
    traces: tuple[Trace, ...],
    where: Stretch,
    *,
    key: str,
    words: str,
    fixed: tuple[float, float] | None,
) -> Panel:
    look = shown(name)
    return Panel(
        key=key,
        title=look.label,
        subtitle=words or look.axis,
        traces=traces,
        start_h=where.start_h,
        end_h=where.end_h,
        description=_describe(
            report.course.times_h,
            tuple((t.label, t.curve) for t in traces),
            name,
            _times_in(report, where),
        ),
        doses=lane(report.case),
        marks=_marks(report, name),
        fixed=fixed,
        floor=look.low,
        ceiling=look.high,
        least_span=_LEAST_SPAN.get(name, 0.0),
    )


def _simple(
    report: Report,
    traces: tuple[Trace, ...],
    where: Stretch,
    *,
    key: str,
    subtitle: str,
    ceiling: float | None = None,
    name: str = "cp_ketamine_ng_per_ml",
) -> Panel:
    return Panel(
        key=key,
        title=subtitle,
        subtitle=subtitle,
        traces=traces,
        start_h=where.start_h,
        end_h=where.end_h,
        description=_describe(
            report.course.times_h,
            tuple((t.label, t.curve) for t in traces),
            name,
            _times_in(report, where),
        ),
        doses=lane(report.case),
        marks=_marks(report, name),
        floor=0.0,
        ceiling=ceiling,
    )


def _small(panel: Panel) -> Panel:
    return replace(panel, width=330.0, height=112.0, compact=True)


def _marks(report: Report, name: str) -> tuple[Mark, ...]:
    scale = shown(name).scale
    return tuple(
        Mark(time_h=o.at_h, value=o.value * scale) for o in report.case.observations if o.what == name
    )


def _times_in(report: Report, where: Stretch) -> tuple[float, ...]:
    inside = [t for t in key_times(report) if where.start_h <= t <= where.end_h]
    return tuple(inside) or (where.end_h,)


def _describe(
    times_h: NDArray[np.float64],
    curves: tuple[tuple[str, Curve], ...],
    name: str,
    at: Sequence[float],
) -> str:
    """A figure in words: the medians and 90 % bands at a few times."""
    look = shown(name)
    said = []
    for time_h in at:
        index = int(np.argmin(np.abs(times_h - time_h))) if len(times_h) else None
        if index is None:
            continue
        parts = []
        for label, curve in curves:
            text = f"{label} {look.number(float(curve.median[index]))}"
            if curve.has_band:
                low, high = look.number(float(curve.low[index])), look.number(float(curve.high[index]))
                text += f" (90 % band {low} to {high})"
            parts.append(text)
        said.append(f"At {moment(time_h)}: {', '.join(parts)} {look.unit}")
    return ". ".join(said) + "." if said else "Nothing could be computed."


def _unit_words(name: str) -> str:
    look = shown(name)
    return f"{look.unit}, median with 50 and 90 % bands" if look.unit else "median with 50 and 90 % bands"


def is_unmoved(report: Report, name: str) -> bool:
    """Return whether a quantity runs the same under the regimen as under the reference."""
    other = report.reference_course
    if other is None or name not in report.course or name not in other:
        return False
    one, two = report.course[name].median, other[name].median
    # Half of what the last digit shown can say.
    step = 0.5 * 10.0 ** -shown(name).digits / shown(name).scale
    return has_values(report.course[name]) and bool(np.all(np.abs(one - two)[np.isfinite(one)] < step))


def _is_zoom(part: Stretch, whole: Stretch) -> bool:
    return (part.end_h - part.start_h) < 0.6 * (whole.end_h - whole.start_h)
