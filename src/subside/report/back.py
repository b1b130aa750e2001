"""What stands below the curves: where uncertainty and relief come from, warnings, the method."""

from __future__ import annotations

import math
from html import escape

from subside.course import Split
from subside.evidence import WEAK_BASES
from subside.report.content import PERMANENT_LINE, LedgerRow, Note, Report
from subside.report.headlines import has_pain_to_relieve
from subside.report.words import MINUS, folded, moment, plain_names, plain_words, shown
from subside.units import show_number

_PARTS = {
    "patient": ("People differ", "how patients like this one differ from each other and over time"),
    "parameter": ("Imprecise figures", "published figures come with an error of their own"),
    "trial": ("Trials differ", "the same treatment did not work equally well in every trial or clinic"),
    "structure": ("Rival explanations", "model forms that the evidence cannot yet tell apart"),
}


def split_section(report: Report) -> str:
    """Return where the uncertainty comes from, one stacked bar a quantity."""
    if not report.splits:
        body = f"<p>{escape(_absent(report, 'split'))}</p>"
    else:
        body = "".join(_split(s, report.split_of) for s in report.splits)
    return (
        '<section aria-labelledby="split"><h2 id="split">Where the uncertainty comes from</h2>'
        f"{body}</section>"
    )


def _absent(report: Report, what: str) -> str:
    stated = report.case.patient.nrs_pain
    if stated is None or has_pain_to_relieve(report):
        return f"The {what} was not computed for this run."
    return (
        f"The {what} is of pain relief and was not computed: the stated usual pain is {show_number(stated)} "
        "of 10."
    )


def _split(split: Split, of: str) -> str:
    look = shown(split.name)
    shares = split.shares()
    pieces = "".join(
        f'<span class="part-{part}" style="width:{100 * share:.1f}%">'
        f"{f'{100 * share:.0f} %' if share >= 0.08 else ''}</span>"
        for part, share in shares.items()
        if share > 0
    )
    said = ", ".join(f"{_PARTS[p][0].lower()} {100 * s:.0f} %" for p, s in shares.items())
    rows = "".join(
        f'<tr><th scope="row"><span class="key part-{part}"></span>{_PARTS[part][0]}'
        f'<span class="remark">{_PARTS[part][1]}</span></th><td class="n">{100 * share:.0f} %</td></tr>'
        for part, share in shares.items()
    )
    rows += "".join(
        f'<tr><th scope="row">{_PARTS[part][0]}<span class="remark">{_PARTS[part][1]}</span></th>'
        '<td class="n">not computed</td></tr>'
        for part in split.missing
    )
    gap = (
        '<p class="flag">A part that was not computed is not zero: the whole is wider than shown.</p>'
        if split.missing
        else ""
    )
    what = f", {of}" if of else ""
    sd = f"{split.sd * look.scale:.{max(look.digits, 1)}f}"
    return (
        f'<div class="split-block"><h3>{escape(look.label)} at {escape(moment(split.time_h))}{escape(what)}: '
        f"standard deviation {sd} {escape('points' if split.name.startswith('nrs') else look.unit)}</h3>"
        f'<div class="split" role="img" aria-label="{escape(said, quote=True)}">{pieces}</div>'
        '<table class="slim"><thead><tr><th scope="col">From</th><th scope="col" class="n">Share of variance'
        f"</th></tr></thead><tbody>{rows}</tbody></table>{gap}</div>"
    )


def ledger_section(report: Report) -> str:
    """Return the mechanism ledger: by which route relief travels, and how much is empirical."""
    title = '<h2 id="ledger">By which route the relief travels</h2>'
    if not report.ledger:
        body = f"<p>{escape(_absent(report, 'ledger'))}</p>"
    else:
        what = f" of {report.ledger_of}" if report.ledger_of else ""
        body = (
            f"<p class=\"lead\">Points of relief{escape(what)}, route by route, as the model has them. "
            "Hatched routes are empirical: fitted to outcomes, with no mechanism behind them.</p>"
            + _ledger(report.ledger)
        )
    notes = "".join(map(_note, report.notes))
    return f'<section aria-labelledby="ledger">{title}{body}{notes}</section>'


def _note(note: Note) -> str:
    table = ""
    if note.rows:
        head = "".join(f'<th scope="col" class="n">{escape(c)}</th>' for c in note.columns[1:])
        body = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>'
            + "".join(f'<td class="n">{escape(cell)}</td>' for cell in row[1:])
            + "</tr>"
            for row in note.rows
        )
        first = escape(note.columns[0]) if note.columns else ""
        table = (
            f'<div class="scroll"><table class="slim wrap"><thead><tr><th scope="col">{first}</th>{head}</tr>'
            f"</thead><tbody>{body}</tbody></table></div>"
        )
    return f"<h3>{escape(note.title)}</h3><p>{escape(note.text)}</p>{table}"


def _ledger(rows: tuple[LedgerRow, ...]) -> str:
    most = max((abs(r.points) for r in rows if math.isfinite(r.points)), default=1.0) or 1.0
    cells = []
    for row in rows:
        known = math.isfinite(row.points)
        width = 100 * abs(row.points) / most if known else 0
        kind = "bar harm" if known and row.points < 0 else "bar empirical" if row.empirical else "bar"
        number = f"{row.points:.2f}".replace("-", MINUS) if known else "not computed"
        tag = " (empirical)" if row.empirical else ""
        route = row.route[:1].upper() + row.route[1:]
        basis = f' <span class="weak">{escape(row.basis)}</span>' if row.basis in WEAK_BASES else ""
        note = f'<span class="remark">{escape(row.note)}</span>' if row.note else ""
        cells.append(
            f'<tr><th scope="row">{escape(route)}{tag}{basis}{note}</th><td class="n">{number}</td>'
            f'<td class="size"><span class="{kind}" style="width:{width:.0f}%" aria-hidden="true"></span>'
            "</td></tr>"
        )
    total = math.fsum(r.points for r in rows if math.isfinite(r.points))
    empirical = math.fsum(r.points for r in rows if r.empirical and math.isfinite(r.points))
    share = ""
    gross = math.fsum(abs(r.points) for r in rows if math.isfinite(r.points))
    if gross > 0:
        part = math.fsum(abs(r.points) for r in rows if r.empirical and math.isfinite(r.points)) / gross
        share = f"<p>{100 * part:.0f} % of this is empirical ({empirical:.2f} points).</p>"
    together = f"{total:.2f}".replace("-", MINUS)
    return (
        '<table class="slim"><thead><tr><th scope="col">Route</th><th scope="col" class="n">Points</th>'
        '<th scope="col"><span class="visually-hidden">Size</span></th></tr></thead>'
        f'<tbody>{"".join(cells)}<tr><th scope="row">Together</th><td class="n"><strong>{together}</strong>'
        f"</td><td></td></tr></tbody></table>{share}"
    )


def warnings_section(report: Report) -> str:
    """Return every caution that travels with the course, and failures."""
    items = [_warning(text) for text in report.warnings]
    failed = failures(report)
    if failed:
        items.insert(0, f"<li>{escape(failed)}</li>")
    body = (
        f'<ul class="warnings">{"".join(items)}</ul>'
        if items
        else "<p>None beyond what stands on this page.</p>"
    )
    return (
        f'<section aria-labelledby="warnings"><h2 id="warnings">Warnings</h2>{body}</section>'
    )


def _warning(text: str) -> str:
    lead, rest = folded(plain_names(text))
    more = f"<details><summary>Which</summary>{escape(rest)}</details>" if rest else ""
    return f"<li>{escape(lead)}{more}</li>"


def failures(report: Report) -> str:
    """Return who could not be computed, in words; empty when everyone was."""
    failed = report.course.failed
    if not failed:
        return ""
    what = "draws of this patient" if report.course.of_one_patient else "patients"
    return (
        f"{failed} of {report.course.rows} {what} could not be computed. They are left out of every "
        "curve, and every number here speaks only of the others."
    )


def method_section(report: Report) -> str:
    """Return how the page came about: enough to run it again and get the same."""
    course = report.course
    error = course.worst_error
    rows = [
        ("Software", f"Subside {report.version}".strip()),
        ("Model", report.model or "the default"),
        ("Options of the case", _options(report)),
        ("Seed", str(report.run_seed)),
        ("Patients", _patients(report)),
        ("Not computed", failures(report) or "none"),
        (
            "Worst error of those solved again by an independent method",
            f"{error:.1e}" if error is not None and math.isfinite(error) else "none was solved again",
        ),
        ("Made", report.generated_at),
    ]
    cells = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in rows)
    return (
        '<section aria-labelledby="method"><h2 id="method">How it was computed</h2>'
        f"<table><tbody>{cells}</tbody></table>"
        "<p>The same case, version and seed give the same numbers.</p></section>"
    )


def _options(report: Report) -> str:
    named = (f"{plain_words(k)}: {plain_words(v)}" for k, v in report.case.options.items())
    return "; ".join(named) or "none"


def _patients(report: Report) -> str:
    if report.course.of_one_patient:
        return "one; bands hold what is not known of them"
    return f"{report.course.n_patients}; bands hold the spread between them as well"


def footer() -> str:
    """Return the permanent line at the foot of the page."""
    return f"<footer>{escape(PERMANENT_LINE)}</footer>"
