"""The summary on a terminal: who, the regimen, the headline, key numbers, cautions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from subside.course import Comparison, Course, quantity
from subside.report.back import failures
from subside.report.content import PERMANENT_LINE, Report
from subside.report.figures import key_times
from subside.report.front import condition_words
from subside.report.headline import headline
from subside.report.regimen import in_words, lane
from subside.report.safety import extremes
from subside.report.sources import strength_words
from subside.report.words import arm_words, column_moment, moment, plain_words, shown
from subside.units import show_number

if TYPE_CHECKING:
    from rich.console import RenderableType

ENDPOINTS = (
    "nrs_pain",
    "nrs_pain_movement",
    "p_response_30",
    "p_response_50",
    "sensitization",
    "phq9_total",
    "madrs_total",
    "gad7_total",
    "pcl5_total",
    "sleep_nrs",
)
"""What the table of endpoints shows, where computed."""


def summary(report: Report) -> RenderableType:
    """Return the summary that ``simulate`` prints."""
    parts: list[RenderableType] = [_who(report), _regimen(report), _headline(report)]
    parts.append(_endpoints(report))
    safety = _safety(report)
    if safety is not None:
        parts.append(safety)
    parts.append(_closing(report))
    return _spaced(parts)


def comparison_summary(report: Report) -> RenderableType:
    """Return the summary that ``compare`` prints: every arm, and what each adds.

    The report must hold the comparison; without one this is the same as ``summary``.
    """
    if report.comparison is None:
        return summary(report)
    parts: list[RenderableType] = [_who(report), _regimen(report), _headline(report)]
    times = key_times(report)
    parts.append(_arms(report.comparison, times))
    differences = _differences(report.comparison, times)
    if differences is not None:
        parts.append(differences)
    parts.append(_closing(report))
    return _spaced(parts)


def _spaced(parts: list[RenderableType]) -> Group:
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _who(report: Report) -> Text:
    patient = report.case.patient
    facts = [condition_words(report)]
    sex = getattr(patient, "sex", None)
    age = getattr(patient, "age_years", None)
    if age is not None or sex:
        facts.append(f"{plain_words(sex or 'sex not known')}, {show_number(age) if age else '?'} years")
    weight = getattr(patient, "weight_kg", None)
    facts.append(f"{show_number(weight)} kg" if weight else "weight not known")
    pain = getattr(patient, "nrs_pain", None)
    if pain is not None:
        facts.append(f"usual pain {show_number(pain)} of 10")
    text = Text()
    text.append(f"{report.case.title or 'Untitled case'}\n", style="bold")
    text.append("; ".join(facts) + ". ")
    text.append(_bands(report), style="dim")
    return text


def _bands(report: Report) -> str:
    if report.typical:
        return "One typical line, no bands."
    if report.course.of_one_patient:
        return "Bands: what is not known about this patient."
    return f"{report.course.n_patients} patients; bands: between patients as well."


def _regimen(report: Report) -> Text:
    text = Text("Regimen\n", style="bold")
    for line in in_words(lane(report.case)):
        text.append(f"  {line}\n", style="not bold")
    text.rstrip()
    return text


def _headline(report: Report) -> Panel:
    head = headline(report)
    body = Text(head.sentence)
    return Panel(body, title="Difference from placebo", title_align="left")


def _endpoints(report: Report) -> Table:
    times = key_times(report)
    table = _table("Median, 90 % band", times)
    arms: list[tuple[str, Course]] = [(report.arm, report.course)]
    if report.reference_name is not None and report.reference_course is not None:
        arms.append((report.reference_name, report.reference_course))
    for name in ENDPOINTS:
        for arm, course in arms:
            if name in course:
                _row(table, course, name, times, arm_words(arm) if len(arms) > 1 else "")
    return table


def _arms(comparison: Comparison, times: tuple[float, ...]) -> Table:
    table = _table("Each arm: median, 90 % band", times)
    for name in ENDPOINTS:
        for arm, course in comparison.arms.items():
            if name in course:
                _row(table, course, name, times, arm_words(arm))
    return table


def _differences(comparison: Comparison, times: tuple[float, ...]) -> Table | None:
    table = _table("Differences, below 0 is less pain", times)
    for label, curves in comparison.differences.items():
        if "nrs_pain" not in curves:
            continue
        curve = curves["nrs_pain"]
        course = Course(
            times_h=comparison.times_h, curves={"nrs_pain": curve}, n_patients=1, seed=0, title=""
        )
        _row(table, course, "nrs_pain", times, label)
    return table if table.row_count else None


def _table(title: str, times: tuple[float, ...]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for time_h in times:
        table.add_column(column_moment(time_h), justify="right", no_wrap=True)
    return table


def _row(table: Table, course: Course, name: str, times: tuple[float, ...], arm: str) -> None:
    look = shown(name)
    label = Text(look.axis)
    if arm:
        label.append(f", {arm}", style="dim")
    cells: list[Text] = []
    for time_h in times:
        index = course.nearest(time_h)
        curve = course[name]
        if index is None:
            cells.append(Text("\N{EN DASH}"))
            continue
        text = Text(look.number(float(curve.median[index])))
        if quantity(name).group != "response" and curve.has_band and math.isfinite(curve.median[index]):
            low, high = look.number(float(curve.low[index])), look.number(float(curve.high[index]))
            text.append(f"\n{low} to {high}", style="dim")
        cells.append(text)
    table.add_row(label, *cells)


def _safety(report: Report) -> Table | None:
    found = extremes(report)
    if not found:
        return None
    table = Table(
        title="At its most extreme, first dose to 2 h after each infusion",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    table.add_column("")
    table.add_column("median", justify="right")
    table.add_column("1 in 20 beyond", justify="right")
    table.add_column("at", justify="right")
    for e in found:
        table.add_row(
            f"{e.look.axis}, {e.way}",
            e.look.number(e.middle),
            e.look.number(e.edge) if e.has_band else "no band",
            moment(e.time_h),
        )
    return table


def _closing(report: Report) -> Text:
    text = Text()
    failed = failures(report)
    cautions = [*([failed] if failed else []), *(c.text for c in report.course.cautions)]
    for caution in (*cautions, *report.extra_cautions):
        text.append("! ", style="bold yellow")
        text.append(f"{caution}\n")
    for verdict in report.conclusions:
        text.append(f"{verdict.by}, {verdict.year}: ", style="bold")
        text.append(f"{strength_words(verdict)}. {verdict.statement}\n")
    footing = report.rests_on
    if footing.weak:
        text.append(
            f"{len(footing.weak)} of {len(footing.figures)} figures behind this are recalled, assumed or "
            "design: subside cite lists them.\n"
        )
    text.append(PERMANENT_LINE, style="dim")
    return text
