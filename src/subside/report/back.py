"""The rest of the page below the curves: uncertainty, mechanism, evidence, warnings, sources."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from itertools import groupby

from subside.course import Split
from subside.report.content import PERMANENT_LINE, Citation, LedgerRow, Report, Verdict
from subside.report.words import MINUS, moment, shown

_PARTS = {
    "patient": ("People differ", "how patients like this one differ from each other and over time"),
    "parameter": ("Imprecise figures", "published figures come with an error of their own"),
    "trial": ("Trials differ", "the same treatment did not work equally well in every trial or clinic"),
    "structure": ("Rival explanations", "model forms that the evidence cannot yet tell apart"),
}
_BASIS_WORDS = {
    "recalled": "from memory, not confirmed",
    "assumed": "assumed, no figure published",
    "design": "a choice of ours",
}


def split_section(report: Report) -> str:
    """Return where the uncertainty comes from, one stacked bar a quantity."""
    if not report.splits:
        body = "<p>The split was not computed for this run.</p>"
    else:
        body = "".join(_split(s) for s in report.splits)
    return (
        '<section aria-labelledby="split"><h2 id="split">Where the uncertainty comes from</h2>'
        f"{body}</section>"
    )


def _split(split: Split) -> str:
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
    sd = f"{split.sd * look.scale:.{max(look.digits, 1)}f}"
    return (
        f'<div class="split-block"><h3>{escape(look.label)} at {escape(moment(split.time_h))}: standard '
        f"deviation {sd} {escape('points' if split.name.startswith('nrs') else look.unit)}</h3>"
        f'<div class="split" role="img" aria-label="{escape(said, quote=True)}">{pieces}</div>'
        '<table class="slim"><thead><tr><th scope="col">From</th><th scope="col" class="n">Share of variance'
        f"</th></tr></thead><tbody>{rows}</tbody></table>{gap}</div>"
    )


def ledger_section(report: Report) -> str:
    """Return the mechanism ledger: by which route relief travels, and how much is empirical."""
    title = '<h2 id="ledger">By which route the relief travels</h2>'
    if not report.ledger:
        body = "<p>The ledger was not computed for this run.</p>"
    else:
        what = f" of {report.ledger_of}" if report.ledger_of else ""
        body = (
            f"<p class=\"lead\">Points of relief{escape(what)}, route by route, as the model has them. "
            "Hatched routes are empirical: fitted to outcomes, with no mechanism behind them.</p>"
            + _ledger(report.ledger)
        )
    notes = "".join(f"<h3>{escape(n.title)}</h3><p>{escape(n.text)}</p>" for n in report.notes)
    return f'<section aria-labelledby="ledger">{title}{body}{notes}</section>'


def _ledger(rows: tuple[LedgerRow, ...]) -> str:
    most = max((abs(r.points) for r in rows if math.isfinite(r.points)), default=1.0) or 1.0
    cells = []
    for row in rows:
        known = math.isfinite(row.points)
        width = 100 * abs(row.points) / most if known else 0
        kind = "bar harm" if known and row.points < 0 else "bar empirical" if row.empirical else "bar"
        number = f"{row.points:.2f}".replace("-", MINUS) if known else "not computed"
        tag = " (empirical)" if row.empirical else ""
        basis = f' <span class="weak">{escape(row.basis)}</span>' if row.basis in _BASIS_WORDS else ""
        note = f'<span class="remark">{escape(row.note)}</span>' if row.note else ""
        cells.append(
            f'<tr><th scope="row">{escape(row.route)}{tag}{basis}{note}</th><td class="n">{number}</td>'
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


def evidence_section(report: Report) -> str:
    """Return what reviewers say, side by side, and whether they agree."""
    if not report.verdicts:
        body = (
            '<p class="flag">The verdicts of the 2018 consensus and of Cochrane 2025 were not given to this '
            "report. Read them before relying on any benefit shown here.</p>"
        )
    else:
        body = f'<div class="evidence">{"".join(map(_verdict, report.verdicts))}</div>'
        body += _agreement(report.verdicts)
    return (
        '<section aria-labelledby="evidence"><h2 id="evidence">What the evidence says</h2>'
        '<p class="lead">Reviews of trials in people, not this model.</p>'
        f"{body}</section>"
    )


def _verdict(verdict: Verdict) -> str:
    basis = (
        ""
        if verdict.basis == "read"
        else f' <span class="weak">Basis: {escape(verdict.basis)}.</span>'
    )
    address = f" {escape(verdict.address)}" if verdict.address else ""
    return (
        f"<article><h3>{escape(verdict.who)}</h3><p class=\"grade\">{escape(verdict.grade)}</p>"
        f"<p>{escape(verdict.text)}</p>"
        f'<p class="small">{escape(verdict.source)}{address}{basis}</p></article>'
    )


def _agreement(verdicts: Iterable[Verdict]) -> str:
    leanings = {v.leaning for v in verdicts}
    if len(leanings) > 1:
        return (
            '<p class="flag"><strong>They disagree.</strong> One body of reviewers sees support for the '
            "treatment in this condition, another does not. Both stand; neither is averaged away.</p>"
        )
    return ""


def warnings_section(report: Report) -> str:
    """Return every caution that travels with the course, and failures."""
    items = [f"<li>{escape(c.text)}</li>" for c in report.course.cautions]
    items += [f"<li>{escape(text)}</li>" for text in report.extra_cautions]
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


def weak_section(report: Report) -> str:
    """Return which figures the result leans on that nobody has confirmed."""
    weak = [c for c in report.citations if c.is_weak]
    if not report.citations:
        body = "<p>No list of sources was given to this report.</p>"
    elif not weak:
        body = "<p>No figure that is recalled, assumed or a design choice was used.</p>"
    else:
        body = f'<ul class="sources">{"".join(map(_weak, weak))}</ul>'
    return (
        '<section aria-labelledby="weak"><h2 id="weak">What leans on unconfirmed figures</h2>'
        '<p class="lead">Recalled, assumed or design: a better figure could move this result.</p>'
        f"{body}</section>"
    )


def _weak(citation: Citation) -> str:
    figures = "; ".join(citation.figures) or citation.citation
    note = f" {escape(citation.note)}" if citation.note else ""
    return (
        f'<li><span class="weak">{escape(citation.basis)}</span> '
        f"({_BASIS_WORDS[citation.basis]}): {escape(figures)}.{note}</li>"
    )


def sources_section(report: Report) -> str:
    """Return the sources, grouped, with how each figure came to us."""
    groups = []
    ordered = sorted(report.citations, key=lambda c: c.group)
    for group, members in groupby(ordered, key=lambda c: c.group):
        items = "".join(map(_source, members))
        groups.append(f'<h3>{escape(group)}</h3><ul class="sources">{items}</ul>')
    body = "".join(groups)
    if not groups and report.course.sources:
        body = '<ul class="sources">' + "".join(f"<li>{escape(s)}</li>" for s in report.course.sources)
        body += "</ul>"
    return (
        '<section aria-labelledby="sources"><h2 id="sources">Sources</h2>'
        f"{body or '<p>None were given to this report.</p>'}</section>"
    )


def _source(citation: Citation) -> str:
    figures = f" For: {escape('; '.join(citation.figures))}." if citation.figures else ""
    mark = f' <span class="weak">[{escape(citation.basis)}]</span>' if citation.is_weak else ""
    plain = f" [{escape(citation.basis)}]" if not citation.is_weak else ""
    address = f" {escape(citation.address)}" if citation.address else ""
    return f"<li>{escape(citation.citation)}{address}.{figures}{plain}{mark}</li>"


def method_section(report: Report) -> str:
    """Return how the page came about: enough to run it again and get the same."""
    course = report.course
    error = course.worst_error
    rows = [
        ("Software", f"Subside {report.version}".strip()),
        ("Model", report.model or "the default"),
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


def _patients(report: Report) -> str:
    if report.course.of_one_patient:
        return "one; bands hold what is not known of them"
    return f"{report.course.n_patients}; bands hold the spread between them as well"


def footer() -> str:
    """Return the permanent line at the foot of the page."""
    return f"<footer>{escape(PERMANENT_LINE)}</footer>"
