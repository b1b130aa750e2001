"""The top of the page: who, the headline, the regimen in words."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from subside.case import CONDITIONS, HISTORY
from subside.course import quantity
from subside.evidence import figure, value
from subside.report.content import Report
from subside.report.figures import difference_figure
from subside.report.headlines import Headline, interval
from subside.report.regimen import in_words, lane
from subside.report.treatments import treatment_words
from subside.report.words import arm_words, chance, lower_or_higher, moment, plain_words
from subside.units import show_number

if TYPE_CHECKING:
    from subside.case import Medicine, Observation, PriorTreatment, Treatment

# Worth in order of reading; each is on the patient of the case or not known.
_FACTS = (
    ("age_years", "Age", "years"),
    ("weight_kg", "Weight", "kg"),
    ("height_cm", "Height", "cm"),
    ("pain_months", "Pain for", "months"),
    ("nrs_pain", "Usual pain at rest", "of 10"),
    ("nrs_pain_movement", "Pain on movement", "of 10"),
    ("phq9_total", "PHQ-9", "of 27"),
    ("madrs_total", "MADRS", "of 60"),
    ("gad7_total", "GAD-7", "of 21"),
    ("pcl5_total", "PCL-5", "of 80"),
    ("sleep_nrs", "Sleep problem", "of 10"),
    ("sbp_mmhg", "Systolic", "mmHg"),
    ("dbp_mmhg", "Diastolic", "mmHg"),
    ("hr_bpm", "Heart rate", "/min"),
    ("spo2_percent", "SpO2", "%"),
)
# Left out of the list of facts when not known; the first few are always said.
_ALWAYS = ("age_years", "weight_kg", "nrs_pain")


def what_it_is(report: Report) -> str:
    """Return what the case says it is and is not, for the top of the page."""
    about = report.case.about
    lines = [("What this is", about.is_), ("What it is not", about.is_not), ("From", about.source)]
    said = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in lines if v)
    return f'<dl class="about">{said}</dl>' if said else ""


def condition_words(report: Report) -> str:
    """Return the patient's condition for people."""
    name = str(report.case.patient.condition)
    return CONDITIONS[name].label if name in CONDITIONS else plain_words(name).capitalize()


def who(report: Report) -> str:
    """Return the patient summary: facts, what is taken, what was tried, what is not known."""
    patient = report.case.patient
    facts: list[tuple[str, str | None]] = [("Sex", patient.sex)]
    for field, label, unit in _FACTS:
        known = getattr(patient, field, None)
        if known is not None:
            facts.append((label, f"{show_number(float(known))}\N{NO-BREAK SPACE}{unit}"))
        elif field in _ALWAYS:
            facts.append((label, None))
    cells = "".join(
        f"<div><dt>{escape(label)}</dt>"
        + (f"<dd>{escape(text)}</dd>" if text else '<dd class="none">not known</dd>')
        + "</div>"
        for label, text in facts
    )
    return (
        f'<section aria-labelledby="who"><h2 id="who">Who</h2>'
        f"<p><strong>{escape(condition_words(report))}.</strong> {escape(_whose(report))}</p>"
        f'<dl class="facts">{cells}</dl>{_background(report)}</section>'
    )


def _whose(report: Report) -> str:
    course = report.course
    if report.typical:
        return "One typical line for this patient, without bands, as asked for by name."
    if course.of_one_patient:
        return (
            f"One patient: the bands show what is not known about them ({course.rows} draws)."
            if course.rows > 1
            else "One patient: the bands show what is not known about them."
        )
    return f"{course.n_patients} simulated patients like this one: the bands show how they differ."


def _background(report: Report) -> str:
    patient = report.case.patient
    lines: list[tuple[str, str]] = []
    medicines = [_medicine(m) for m in patient.medicines]
    if medicines:
        lines.append(("Takes", "; ".join(medicines)))
    treatments = [_treatment(t) for t in report.case.treatments]
    if treatments:
        lines.append(("Beside the infusion", "; ".join(treatments)))
    tried = [_tried(t) for t in patient.prior_treatments]
    if tried:
        lines.append(("Tried before", "; ".join(tried)))
    yes = [_question(k) for k, v in patient.history.items() if v == "yes"]
    unknown = [_question(k) for k, v in patient.history.items() if v == "unknown"]
    if yes:
        lines.append(("History of", "; ".join(yes)))
    if unknown:
        lines.append(("Not known (unknown is never no)", "; ".join(unknown)))
    undrawn = [_observed(o) for o in report.case.observations if o.what not in report.course]
    if undrawn:
        lines.append(("Observed, drawn nowhere", "; ".join(undrawn)))
    if not lines:
        return ""
    items = "".join(f"<li><strong>{escape(k)}:</strong> {escape(v)}</li>" for k, v in lines)
    return f'<ul class="background">{items}</ul>'


def _question(key: str) -> str:
    item = HISTORY.get(key)
    text = item.question if item is not None else plain_words(key)
    return text[:1].lower() + text[1:]


def _medicine(entry: Medicine) -> str:
    parts = [entry.name, entry.dose, entry.rate, f"every {entry.every}" if entry.every else None]
    parts += ["as needed" if entry.as_needed else None, entry.route]
    return " ".join(part for part in parts if part)


def _treatment(entry: Treatment) -> str:
    parts = [entry.name, entry.dose, entry.rate, f"every {entry.every}" if entry.every else None]
    until = f" until {entry.until}" if entry.until else ""
    return " ".join(part for part in (*parts, entry.route) if part) + f", from {entry.from_}{until}"


def _observed(entry: Observation) -> str:
    known = entry.observable
    return f"{known.description} {show_number(entry.value)} {known.unit} at {moment(entry.at_h)}"


def _tried(entry: PriorTreatment) -> str:
    name = entry.name or entry.kind
    return f"{name} (stopped: {entry.stopped_for})" if entry.stopped_for else name


def headline_section(report: Report, head: Headline) -> str:
    """Return the headline: the difference from placebo, its interval, whether it is worth having."""
    picture = difference_figure(report) if head.modeled else ""
    return (
        '<section class="headline" aria-labelledby="headline"><div>'
        f'<h2 id="headline">{escape(_headline_title(head))}</h2>{_big(head)}'
        f'<p class="saying">{escape(head.sentence)}</p>{_hundred(head)}{_shares(head)}</div>'
        f"<div>{_beside(picture, head)}</div></section>"
    )


def _beside(picture: str, head: Headline) -> str:
    if not head.modeled:
        return ""
    return f"{picture or _no_difference()}{_worth_note(head)}"


def _worth_note(head: Headline) -> str:
    if head.at_least is None:
        return (
            '<p class="small">No threshold for what is worth having is set here for this score, so no '
            "probability is given.</p>"
        )
    points = figure("farrar_2001.important_fall_points")
    percent = value("farrar_2001.important_fall_percent", unit="%")
    return (
        f'<p class="small">Worth having: a fall of about {points.value:g} points or {percent:g}'
        "\N{NO-BREAK SPACE}% is what people with chronic pain call much improved "
        f"({escape(points.source.citation)}).</p>"
    )


def _headline_title(head: Headline) -> str:
    if head.reference is None:
        return "Difference from placebo"
    label, against = quantity(head.name).label, arm_words(head.reference)
    return f"{label} at {moment(head.time_h)}: difference from {against}"


def _big(head: Headline) -> str:
    if not head.computed:
        return '<p class="big"><small>Not computed</small></p>'
    if not head.modeled:
        return '<p class="big"><small>Not modeled</small></p>'
    words = lower_or_higher(head.difference)
    number, _, rest = words.partition("\N{NO-BREAK SPACE}")
    big = f'<p class="big">{escape(number)} <small>{escape(rest)}</small></p>'
    if not head.has_interval and head.difference == 0.0:
        return big + '<p class="interval">No interval: nothing in the case sets the two apart.</p>'
    if not head.has_interval:
        return big + '<p class="interval">No interval: a typical line.</p>'
    return f'{big}<p class="interval">90\N{NO-BREAK SPACE}% interval: {escape(interval(head))}</p>'


def _hundred(head: Headline) -> str:
    """A hundred dots, the probability as a count: easier to weigh than a percentage."""
    if head.probability is None or head.at_least is None or not math.isfinite(head.probability):
        return ""
    count = round(100 * head.probability)
    dots = "".join(
        f'<circle class="{"yes" if i < count else "no"}" cx="{8 + 13 * (i % 25)}" '
        f'cy="{8 + 13 * (i // 25)}" r="{4.6 if i < count else 4}"/>'
        for i in range(100)
    )
    against = arm_words(head.reference or "")
    said = f"About {count} in 100: at least {head.at_least:g} points beyond {against}"
    return (
        f'<svg class="hundred" viewBox="0 0 328 56" role="img" aria-labelledby="hundred-t">'
        f'<title id="hundred-t">{escape(said)}</title>{dots}</svg><p class="worth">{escape(said)}.</p>'
    )


def _shares(head: Headline) -> str:
    if head.share_30 is None:
        return ""
    what = "at least 30\N{NO-BREAK SPACE}% less pain than before"
    lead = f"Probability of {what}: " if head.of_one_patient else f"Share with {what}: "
    if head.share_30_reference is None:
        return f"<p>{escape(lead + chance(head.share_30))}, whatever the cause.</p>"
    other = f"{chance(head.share_30_reference)} under {arm_words(head.reference or '')}"
    return f"<p>{escape(f'{lead}{chance(head.share_30)} under this regimen, {other}.')}</p>"


def _no_difference() -> str:
    return (
        '<p class="flag">Without a placebo arm nothing here says how much of a change is due to the '
        "drug: pain also falls by natural fluctuation, by regression to the mean and by expectation.</p>"
    )


def regimen_section(report: Report) -> str:
    """Return the regimen in plain words."""
    said = (*in_words(lane(report.case)), *treatment_words(report.case))
    lines = "".join(f"<li>{escape(line)}</li>" for line in said)
    return (
        '<section aria-labelledby="regimen"><h2 id="regimen">What regimen</h2>'
        f"<ul>{lines}</ul>"
        '<p class="small">Times count from the start of the first infusion. Rates per kg refer to actual '
        "body weight. The dose lane under each curve shows the same on the curve's own time axis.</p>"
        "</section>"
    )
