"""Peaks and troughs while drug flows: what to expect at the bedside, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np

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

    ``middle`` is the extreme of the median curve and ``edge`` that of the 5th or 95th percentile
    curve on the same side: one in twenty goes beyond it at some one time.
    """

    name: str
    way: str
    time_h: float
    middle: float
    edge: float
    reference: float
    has_band: bool

    @property
    def look(self) -> Shown:
        """How the quantity is shown."""
        return shown(self.name)


def extremes(report: Report) -> tuple[Extreme, ...]:
    """Return the extremes of every watched quantity computed, from first dose to 2 h after the last."""
    doses = lane(report.case)
    if doses.start_h is None or doses.end_h is None:
        return ()
    times = report.course.times_h
    during = np.zeros(len(times), dtype=bool)
    for session in doses.sessions:
        during |= (times >= session.start_h) & (times <= session.end_h + _AFTER_H)
    if not during.any():
        return ()
    found = []
    for name, way in _WATCHED:
        if name not in report.course:
            continue
        curve = report.course[name]
        middle = curve.median[during]
        if not np.isfinite(middle).any():
            continue
        high = way == "highest"
        at = int(np.nanargmax(middle) if high else np.nanargmin(middle))
        edges = (curve.high if high else curve.low)[during]
        found.append(
            Extreme(
                name=name,
                way=way,
                time_h=float(times[during][at]),
                middle=float(middle[at]),
                edge=float(np.nanmax(edges) if high else np.nanmin(edges)),
                reference=_of(report.reference_course, name, during, high=high),
                has_band=curve.has_band,
            )
        )
    return tuple(found)


def safety_table(report: Report) -> str:
    """Return the extremes as a table, or nothing."""
    rows = []
    beside = report.reference_course is not None
    for e in extremes(report):
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
        '<th scope="col" class="n">Median at</th>'
        f"{reference}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _of(course: Course | None, name: str, during: np.ndarray, *, high: bool) -> float:
    if course is None or name not in course or len(course.times_h) != len(during):
        return math.nan
    values = course[name].median[during]
    if not np.isfinite(values).any():
        return math.nan
    return float(np.nanmax(values) if high else np.nanmin(values))
