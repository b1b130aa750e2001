"""Peaks and troughs while drug flows: what to expect at the bedside, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from subside.course import Course
from subside.report.content import Report
from subside.report.regimen import lane
from subside.report.words import Shown, arm_words, moment, shown

# Which way is the one to watch.
_WATCHED = (
    ("sbp_mmhg", "highest"),
    ("dbp_mmhg", "highest"),
    ("map_mmhg", "highest"),
    ("hr_bpm", "highest"),
    ("spo2_percent", "lowest"),
    ("rr_per_min", "lowest"),
    ("etco2_mmhg", "highest"),
    ("moaas", "lowest"),
    ("cadss_total", "highest"),
    ("p_psychomimetic", "highest"),
    ("p_nausea", "highest"),
    ("p_dizziness", "highest"),
)
# Effects outlast the infusion; a peak within this time after it still belongs to it (design).
_AFTER_H = 2.0


@dataclass(frozen=True, kw_only=True)
class Extreme:
    """The extreme of one quantity while drug flows.

    Where the course keeps its samples, ``middle`` and ``edge`` are the median and the 95th (or 5th)
    percentile of each person's own extreme: one in twenty goes beyond the edge. Where it does not,
    they are the extremes of the median and of the edge of the 90 % band, which a person's own
    extreme passes more easily; ``of_people`` says which. ``time_h`` is when the median curve is at
    its extreme.
    """

    name: str
    way: str
    time_h: float
    middle: float
    edge: float
    reference: float
    has_band: bool
    of_people: bool

    @property
    def look(self) -> Shown:
        """How the quantity is shown."""
        return shown(self.name)


def extremes(report: Report) -> tuple[Extreme, ...]:
    """Return the extremes of every watched quantity computed, from first dose to 2 h after the last."""
    doses = lane(report.case)
    times = report.course.times_h
    during = np.zeros(len(times), dtype=bool)
    for session in doses.sessions:
        during |= (times >= session.start_h) & (times <= session.end_h + _AFTER_H)
    if not during.any():
        return ()
    found = []
    for name, way in _WATCHED:
        if name not in report.course or not np.isfinite(report.course[name].median[during]).any():
            continue
        curve = report.course[name]
        high = way == "highest"
        at = int(np.nanargmax(curve.median[during]) if high else np.nanargmin(curve.median[during]))
        middle, edge = _extreme(report.course, name, during, high=high)
        beside = report.reference_course
        known = beside is not None and name in beside and len(beside.times_h) == len(times)
        found.append(
            Extreme(
                name=name,
                way=way,
                time_h=float(times[during][at]),
                middle=middle,
                edge=edge,
                reference=_extreme(beside, name, during, high=high)[0] if known and beside else math.nan,
                has_band=curve.has_band,
                of_people=bool(report.course.samples and name in report.course.samples),
            )
        )
    return tuple(found)


def _extreme(
    course: Course, name: str, during: NDArray[np.bool_], *, high: bool
) -> tuple[float, float]:
    """Return the middle extreme and the edge that one in twenty goes beyond; NaN for none."""
    if course.samples and name in course.samples:
        rows = np.asarray(course.samples[name][:, during], dtype=np.float64)
        rows = rows[np.isfinite(rows).all(axis=1)]
        if len(rows) == 0:
            return math.nan, math.nan
        peaks = rows.max(axis=1) if high else rows.min(axis=1)
        middle, edge = np.quantile(peaks, (0.5, 0.95 if high else 0.05))
        return float(middle), float(edge)
    curve = course[name]
    outer = curve.high if high else curve.low
    pick = np.nanmax if high else np.nanmin
    values = [s[during] for s in (curve.median, outer)]
    if not all(np.isfinite(v).any() for v in values):
        return math.nan, math.nan
    return float(pick(values[0])), float(pick(values[1]))


def safety_table(report: Report) -> str:
    """Return the extremes as a table, or nothing."""
    rows = []
    beside = report.reference_course is not None
    found = extremes(report)
    for e in found:
        unit = f" ({e.look.unit})" if e.look.unit else ""
        edge = e.look.number(e.edge) if e.has_band else "no band"
        rows.append(
            f'<tr><th scope="row">{escape(e.look.label + unit)}, {e.way}</th>'
            f'<td class="n">{escape(e.look.number(e.middle))}</td><td class="n">{escape(edge)}</td>'
            f'<td class="n">{escape(moment(e.time_h))}</td>'
            + (f'<td class="n">{escape(e.look.number(e.reference))}</td>' if beside else "")
            + "</tr>"
        )
    if not rows:
        return ""
    reference = (
        f'<th scope="col" class="n">{escape(arm_words(report.reference_name or ""))}, median</th>'
        if beside
        else ""
    )
    return (
        '<div class="scroll"><table class="peaks"><caption>What to expect at its most extreme, from the '
        "first dose to 2 h after each infusion</caption><thead><tr><td></td>"
        '<th scope="col" class="n">Median</th><th scope="col" class="n">One in twenty beyond</th>'
        '<th scope="col" class="n">Usually at</th>'
        f"{reference}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f'<p class="small">{_how(found)}</p>'
    )


def _how(found: tuple[Extreme, ...]) -> str:
    if all(e.of_people for e in found):
        return "Each person's own extreme over all infusions, natural fluctuation included."
    return (
        "Extremes of the curves, not of persons: a person's own extreme lies beyond the edge more often "
        "than once in twenty."
    )
