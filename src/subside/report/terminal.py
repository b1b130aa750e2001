"""The summary on a terminal: who, the regimen, the headline, key numbers, cautions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from subside.course import Comparison, Course, Curve, quantity
from subside.course.curve import Array
from subside.report.back import failures
from subside.report.content import PERMANENT_LINE, Report
from subside.report.figures import is_unmoved
from subside.report.front import condition_words
from subside.report.headlines import PAIN, RELIEF, has_pain_to_relieve, headline, measure
from subside.report.regimen import in_words, lane
from subside.report.remarks import no_relief_words, recall_words, start_band_words
from subside.report.safety import Extreme, extremes
from subside.report.sources import strength_words
from subside.report.tables import arm_courses, key_times
from subside.report.treatments import treatment_words
from subside.report.words import (
    MINUS,
    arm_words,
    chance,
    column_moment,
    folded,
    moment,
    plain_names,
    shown,
)
from subside.units import show_number

if TYPE_CHECKING:
    from rich.console import RenderableType

ENDPOINTS = (
    "nrs_pain",
    "nrs_pain_movement",
    "p_response_30",
    "p_response_50",
    "p_moderate_pain",
    "headache_days_per_28_d",
    "sensitization",
    "phq9_total",
    "madrs_total",
    "gad7_total",
    "pcl5_total",
    "sleep_nrs",
)
"""What the table of endpoints shows, where computed."""
COMPARED = ("nrs_pain", "nrs_pain_movement", "p_response_30", "p_response_50", "phq9_total")
"""What the table of arms shows, where computed."""


def summary(report: Report) -> RenderableType:
    """Return the summary that ``simulate`` prints."""
    parts: list[RenderableType] = [_who(report), _regimen(report), _headline(report)]
    parts.append(_endpoints(report))
    if remarks := _remarks(report, ENDPOINTS):
        parts.append(remarks)
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
    parts.append(_arms(report, report.comparison))
    if remarks := _remarks(report, COMPARED):
        parts.append(remarks)
    differences = _differences(report, report.comparison)
    if differences is not None:
        parts.append(differences)
    parts.append(_closing(report))
    return _spaced(parts)


def _spaced(parts: list[RenderableType]) -> Group:
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _who(report: Report) -> Text:
    patient = report.case.patient
    facts = [condition_words(report)]
    facts.append(f"{patient.sex or 'sex not known'}, {show_number(patient.age_years)} years")
    facts.append(f"{show_number(patient.weight_kg)} kg")
    if patient.nrs_pain is not None:
        facts.append(f"usual pain {show_number(patient.nrs_pain)} of 10")
    text = Text()
    text.append(f"{report.case.title}\n", style="bold")
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
    for line in (*in_words(lane(report.case)), *treatment_words(report.case)):
        text.append(f"  {line}\n", style="not bold")
    text.rstrip()
    return text


def _headline(report: Report) -> Panel:
    head = headline(report)
    body = Text(head.sentence)
    return Panel(body, title="Difference from placebo", title_align="left")


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One line of a table over time: an arm of a quantity, or a difference (then ``sign``)."""

    group: str
    label: str
    name: str
    times_h: Array
    curve: Curve
    sign: bool = False
    last: str = ""


@dataclass(frozen=True, kw_only=True)
class _OverTime:
    """A table of medians and 90 % bands that shows as many times as the terminal has room for."""

    title: str
    rows: tuple[_Row, ...]
    times: tuple[float, ...]
    first: tuple[float, ...]
    last_title: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        labels = max((len(row.label) for row in self.rows), default=0) + 2
        cells = max((len(_cell(row, t)) for row in self.rows for t in self.times), default=1) + 2
        end = len(self.last_title) + 2 if self.last_title else 0
        count = max(1, (options.max_width - labels - end) // cells)
        kept = sorted(tuple(dict.fromkeys((*self.first, *self.times)))[:count])
        heads = "".join(f"{column_moment(t):>{cells}}" for t in kept)
        lines = [Text(self.title, style="bold")]
        lines.append(Text(f"{'':{labels}}{heads}{self.last_title:>{end}}", style="bold"))
        group = ""
        for row in self.rows:
            if row.group != group:
                lines.append(Text(row.group, style="underline"))
                group = row.group
            line = Text(f"  {row.label:{labels - 2}}")
            for time_h in kept:
                line.append_text(_styled(_cell(row, time_h), cells))
            line.append(f"{row.last:>{end}}")
            lines.append(line)
        yield from lines


def _over_time(report: Report, title: str, rows: list[_Row], *, last_title: str = "") -> _OverTime:
    times = key_times(report)
    # What is kept where there is no room for all: the headline's time, the start, the end.
    first = tuple(t for t in (headline(report).time_h, *times[:1], *times[-1:]) if t in times)
    return _OverTime(
        title=title, rows=tuple(rows), times=times, first=first, last_title=last_title
    )


def _endpoints(report: Report) -> _OverTime:
    arms = arm_courses(report)
    # A score that nothing moves would fill the screen with equal numbers; the page has it.
    always = ("nrs_pain", "nrs_pain_movement", "p_moderate_pain")
    moved = [n for n in _worth_rows(report, ENDPOINTS) if n in always or not is_unmoved(report, n)]
    first = measure(report)
    names = tuple(sorted(moved, key=lambda n: n != first))
    return _over_time(report, "Median (90 % band)", _arm_rows(arms, names))


def _arms(report: Report, comparison: Comparison) -> _OverTime:
    rows = _arm_rows(list(comparison.arms.items()), _worth_rows(report, COMPARED))
    return _over_time(report, "Each arm: median (90 % band)", rows)


def _worth_rows(report: Report, names: tuple[str, ...]) -> tuple[str, ...]:
    """What a table shows: no shares with less pain where there is hardly any pain."""
    return names if has_pain_to_relieve(report) else tuple(n for n in names if n not in RELIEF)


def _remarks(report: Report, names: tuple[str, ...]) -> Text:
    said = (start_band_words(report), no_relief_words(report), recall_words(report, names))
    return Text("\n".join(filter(None, said)), style="dim")


def _arm_rows(arms: list[tuple[str, Course]], names: tuple[str, ...]) -> list[_Row]:
    return [
        _Row(
            group=shown(name).axis,
            label=arm_words(arm),
            name=name,
            times_h=course.times_h,
            curve=course[name],
        )
        for name in names
        for arm, course in arms
        if name in course
    ]


def _differences(report: Report, comparison: Comparison) -> _OverTime | None:
    at, worth = headline(report).time_h, report.worth_points
    rows = []
    for label, curves in comparison.differences.items():
        if PAIN not in curves:
            continue
        arm, _, reference = label.partition(" - ")
        known = comparison.chance(arm, reference, PAIN, time_h=at, at_least=worth)
        rows.append(
            _Row(
                group=f"{shown(PAIN).label}, points",
                label=f"{arm_words(arm)} {MINUS} {arm_words(reference)}",
                name=PAIN,
                times_h=comparison.times_h,
                curve=curves[PAIN],
                sign=True,
                last=chance(known) if curves[PAIN].has_band else "no band",
            )
        )
    if not rows:
        return None
    last_title = f"{worth:g} points less, {column_moment(at)}"
    return _over_time(report, "Differences: below 0 is less pain", rows, last_title=last_title)


def _cell(row: _Row, time_h: float) -> str:
    """The median and band at a time, short: "6.9 (6.0-7.6)" with an en dash."""
    look, curve = shown(row.name), row.curve
    index = int(np.argmin(np.abs(row.times_h - time_h)))
    middle = float(curve.median[index])
    text = look.number(middle)
    if not math.isfinite(middle) or not curve.has_band or quantity(row.name).group == "response":
        return text
    low, high = look.number(float(curve.low[index])), look.number(float(curve.high[index]))
    return f"{text} ({low} to {high})" if row.sign else f"{text} ({low}\N{EN DASH}{high})"


def _styled(cell: str, width: int) -> Text:
    middle, bracket, band = cell.partition(" (")
    return Text.assemble(f"{'':{width - len(cell)}}", middle, (bracket + band, "dim"))


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)


def _safety(report: Report) -> RenderableType | None:
    found = extremes(report)
    if not found:
        return None
    table = _table("At its most extreme, first dose to 2 h after each infusion")
    changes = any(e.has_change for e in found)
    heads = ("median", "change", "1 in 20 beyond", "change") if changes else ("median", "1 in 20 beyond")
    table.add_column("")
    for head in (*heads, "at"):
        table.add_column(head, justify="right")
    for e in found:
        table.add_row(f"{e.look.axis}, {e.way}", *_peak(e, changes=changes), moment(e.time_h))
    if not changes:
        return table
    return Group(table, Text("Change: from each person's own value before the first infusion.", style="dim"))


def _peak(e: Extreme, *, changes: bool) -> tuple[str, ...]:
    middle, edge = e.look.number(e.middle), e.look.number(e.edge) if e.has_band else "no band"
    if not changes:
        return middle, edge
    if not e.has_change:
        return middle, "", edge, ""
    beyond = e.look.number(e.change_edge, sign=True) if e.has_band else "no band"
    return middle, e.look.number(e.change_middle, sign=True), edge, beyond


def _closing(report: Report) -> Text:
    text = Text()
    failed = failures(report)
    for warning in (*([failed] if failed else []), *report.warnings):
        lead, rest = folded(plain_names(warning))
        text.append("! ", style="bold yellow")
        text.append(f"{lead}{' The report lists them.' if rest else ''}\n")
    for verdict in report.conclusions:
        text.append(f"{verdict.by}, {verdict.year}: ", style="bold")
        strength = strength_words(verdict)
        repeats = verdict.statement.lower().startswith(strength.lower())
        text.append(f"{verdict.statement if repeats else f'{strength}. {verdict.statement}'}\n")
    footing = report.rests_on
    if footing.weak:
        text.append(
            f"{len(footing.weak)} of {len(footing.figures)} figures behind this are recalled, assumed or "
            "design: subside cite lists them.\n"
        )
    text.append(PERMANENT_LINE, style="dim")
    return text
