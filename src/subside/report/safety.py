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
from subside.report.words import Shown, arm_words, moment, plain_list, shown

# Which way is the one to watch. Vital signs first: they start from a value of the person's own.
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
_VITAL = frozenset(name for name, _ in _WATCHED[:7])
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

    ``change_middle`` and ``change_edge`` are the same of each person's own extreme minus that person's
    own value before the first dose, so that how resting values differ drops out; NaN for what is no
    vital sign, without samples, and where nothing was computed before the first dose.
    """

    name: str
    way: str
    time_h: float
    middle: float
    edge: float
    reference: float
    has_band: bool
    of_people: bool
    change_middle: float = math.nan
    change_edge: float = math.nan

    @property
    def has_change(self) -> bool:
        """Whether the change from each person's own value before is known."""
        return math.isfinite(self.change_middle)

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
        change_middle, change_edge = _change(report, name, during, high=high)
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
                change_middle=change_middle,
                change_edge=change_edge,
            )
        )
    return tuple(found)


def _extreme(
    course: Course, name: str, during: NDArray[np.bool_], *, high: bool
) -> tuple[float, float]:
    """Return the middle extreme and the edge that one in twenty goes beyond; NaN for none."""
    if course.samples and name in course.samples:
        return _of_rows(np.asarray(course.samples[name][:, during], dtype=np.float64), high=high)
    curve = course[name]
    outer = curve.high if high else curve.low
    pick = np.nanmax if high else np.nanmin
    values = [s[during] for s in (curve.median, outer)]
    if not all(np.isfinite(v).any() for v in values):
        return math.nan, math.nan
    return float(pick(values[0])), float(pick(values[1]))


def _change(
    report: Report, name: str, during: NDArray[np.bool_], *, high: bool
) -> tuple[float, float]:
    """Return the middle and edge of each person's extreme minus their own value before; NaN for none."""
    course, start_h = report.course, lane(report.case).start_h
    if name not in _VITAL or start_h is None or not course.samples or name not in course.samples:
        return math.nan, math.nan
    before = int(np.searchsorted(course.times_h, start_h, side="right")) - 1
    if before < 0:
        return math.nan, math.nan
    rows = np.asarray(course.samples[name])
    own = rows[:, [before]].astype(np.float64)
    return _of_rows(rows[:, during].astype(np.float64) - own, high=high)


def _of_rows(rows: NDArray[np.float64], *, high: bool) -> tuple[float, float]:
    """Return the median of the rows' extremes and the edge that one row in twenty goes beyond."""
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) == 0:
        return math.nan, math.nan
    peaks = rows.max(axis=1) if high else rows.min(axis=1)
    middle, edge = np.quantile(peaks, (0.5, 0.95 if high else 0.05))
    return float(middle), float(edge)


def safety_table(report: Report) -> str:
    """Return the extremes as tables, vital signs apart with their change, or nothing."""
    found = extremes(report)
    if not found:
        return ""
    vital = tuple(e for e in found if e.name in _VITAL)
    other = tuple(e for e in found if e.name not in _VITAL)
    against = "" if report.reference_course is None else arm_words(report.reference_name or "")
    return (
        _table("Vital signs", vital, against)
        + _table("Side effects", other, against)
        + f'<p class="small">{escape(how_to_read(report, found), quote=False)}</p>'
    )


def _table(what: str, found: tuple[Extreme, ...], against: str) -> str:
    if not found:
        return ""
    changes = any(e.has_change for e in found)
    rows = "".join(_row(e, changes=changes, beside=bool(against)) for e in found)
    spans = ' rowspan="2"' if changes else ""
    columns = f'<col class="what"><col span="{3 + 2 * changes}">' + ('<col class="beside">' if against else "")
    pair = '<th scope="col" class="n">Median</th><th scope="col" class="n">1 in 20 beyond</th>'
    last = f'<th scope="col" class="n"{spans}>Usually at</th>'
    last += f'<th scope="col" class="n beside"{spans}>{escape(against)}, median</th>' if against else ""
    if changes:
        head = (
            '<tr><td rowspan="2"></td><th scope="colgroup" colspan="2" class="pair">Value</th>'
            '<th scope="colgroup" colspan="2" class="pair">Change from own value before the first infusion</th>'
            f"{last}</tr><tr>{pair}{pair}</tr>"
        )
    else:
        head = f"<tr><td></td>{pair}{last}</tr>"
    kind = "peaks changes" if changes else "peaks"
    return (
        f'<div class="scroll"><table class="{kind}"><caption>{what} at their most extreme, from the first '
        f"dose to 2 h after each infusion</caption><colgroup>{columns}</colgroup>"
        f"<thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    )


def _row(e: Extreme, *, changes: bool, beside: bool) -> str:
    unit = f" ({e.look.unit})" if e.look.unit else ""
    cells = [e.look.number(e.middle), e.look.number(e.edge) if e.has_band else "no band"]
    if changes:
        cells += [e.look.number(e.change_middle, sign=True)]
        cells += [e.look.number(e.change_edge, sign=True) if e.has_band else "no band"]
    cells += [moment(e.time_h)]
    body = "".join(f'<td class="n">{escape(cell)}</td>' for cell in cells)
    body += f'<td class="n beside">{escape(e.look.number(e.reference))}</td>' if beside else ""
    return f'<tr><th scope="row">{escape(e.look.label + unit)}, {e.way}</th>{body}</tr>'


def how_to_read(report: Report, found: tuple[Extreme, ...]) -> str:
    """Return what the extremes are of, and what their spread holds."""
    if not all(e.of_people for e in found):
        return (
            "Extremes of the curves, not of persons: a person's own extreme lies beyond the edge more often "
            "than once in twenty. No change from each person's own value: the samples were not kept."
        )
    said = ["Each person's own extreme over all infusions, natural fluctuation included."]
    if any(e.has_change for e in found):
        said.append(
            "A value mixes where people start with what the drug does; the change is from each person's own "
            "value before the first infusion and leaves the start out."
        )
        if absent := _not_stated(report, found):
            said.append(f"The case states no resting {absent}; a wide range stands in.")
    return " ".join(said)


def _not_stated(report: Report, found: tuple[Extreme, ...]) -> str:
    """Return the vital signs whose resting value the case does not give, in words."""
    names = [
        e.look.label[:1].lower() + e.look.label[1:]
        for e in found
        # The mean follows from systolic and diastolic.
        if e.name in _VITAL and e.name != "map_mmhg" and getattr(report.case.patient, e.name, None) is None
    ]
    return plain_list(names, last="or")
