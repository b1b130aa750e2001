"""What stands behind the page: reviewers' conclusions, the figures used, and the weak ones apart."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from subside.evidence import BASES, Cited, Figure, Verdict
from subside.report.content import Report
from subside.units import show_number

SILENT: Final = ("not graded by name", "not covered")
"""The strengths by which reviewers say that they did not judge the condition."""


def evidence_section(report: Report) -> str:
    """Return what reviewers say, side by side, and whether they agree."""
    found = report.conclusions
    if found:
        body = f'<div class="evidence">{"".join(map(_verdict, found))}</div>{_agreement(found)}'
    else:
        body = (
            '<p class="flag">Neither the 2018 consensus nor Cochrane 2025 speaks of this condition. '
            "That is no support.</p>"
        )
    return (
        '<section aria-labelledby="evidence"><h2 id="evidence">What the evidence says</h2>'
        '<p class="lead">Conclusions of reviewers about trials in people; none of this comes from the '
        f"model.</p>{body}</section>"
    )


def strength_words(verdict: Verdict) -> str:
    """Return the strength as a phrase: "Moderate evidence", "No clear evidence of benefit"."""
    text = verdict.strength
    if text.split()[-1] in ("strong", "moderate", "weak", "none"):
        text = f"{text.removesuffix('none')}no evidence" if text.endswith("none") else f"{text} evidence"
    return text[:1].upper() + text[1:]


def _verdict(verdict: Verdict) -> str:
    grades = []
    if verdict.grade != "none":
        grades.append(f"Grade {verdict.grade}")
    if verdict.certainty != "none":
        grades.append(f"certainty: {verdict.certainty}")
    grade = "; ".join(grades)
    grade = f"<p>{escape(grade[:1].upper() + grade[1:])}.</p>" if grade else ""
    regimen = f" Looked at: {escape(verdict.regimen)}." if verdict.regimen != "none" else ""
    basis = "" if verdict.basis == "read" else f" Read in a summary: {escape(verdict.seen_at)}."
    return (
        f'<article><h3>{escape(verdict.by)}, {verdict.year}</h3><p class="grade">'
        f"{escape(strength_words(verdict))}</p>{grade}<p>{escape(verdict.statement)}</p>"
        f'<p class="small">On {escape(verdict.about)}.{regimen}</p>'
        f'<p class="small">{escape(verdict.source.citation)}. {escape(verdict.source.address)}.{basis}</p>'
        "</article>"
    )


def _agreement(found: Sequence[Verdict]) -> str:
    if len({v.leaning for v in found}) > 1:
        text = (
            "<strong>They disagree.</strong> One sees support for the treatment in this condition, the "
            "other, over all chronic pain, does not. Both stand; neither is averaged away."
        )
    elif len(found) > 1 and any(v.strength in SILENT for v in found):
        text = "Only one of them judges this condition itself: less is known than two boxes suggest."
    elif all(v.leaning == "unclear" for v in found):
        text = "<strong>Neither sees clear support</strong> for the treatment in this condition."
    else:
        return ""
    return f'<p class="flag">{text}</p>'


def weak_section(report: Report) -> str:
    """Return which figures the result leans on that nobody has confirmed."""
    weak = report.rests_on.weak
    if not report.rests_on.figures:
        body = "<p>The run named no figures of the evidence, so this cannot be said.</p>"
    elif not weak:
        body = "<p>No figure that is recalled, assumed or a design choice was used.</p>"
    else:
        groups = []
        for basis in dict.fromkeys(f.basis for f in weak):
            items = "".join(_weak(f) for f in weak if f.basis == basis)
            groups.append(
                f"<h3>{escape(basis.capitalize())}: {escape(BASES[basis])}</h3>"
                f'<ul class="sources columns">{items}</ul>'
            )
        body = "".join(groups)
    if assumed := report.case.about.assumed:
        items = "".join(f"<li>{escape(text)}</li>" for text in assumed)
        body += f'<h3>Assumed in the case itself</h3><ul class="sources columns">{items}</ul>'
    return (
        '<section aria-labelledby="weak"><h2 id="weak">What leans on unconfirmed figures</h2>'
        '<p class="lead">Recalled, assumed or design: a better figure could move this result.</p>'
        f"{body}</section>"
    )


def _weak(figure: Figure) -> str:
    return f"<li>{escape(_figure(figure))}</li>"


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return f"{figure.quantity}: {figure.finding}" if figure.finding else figure.quantity
    unit = "" if figure.unit == "1" else f" {figure.unit}"
    return f"{figure.quantity}: {show_number(figure.value)}{unit}"


def sources_section(report: Report) -> str:
    """Return each source once, with its figures, how each came to us, and the weak ones marked."""
    footing = report.rests_on
    items = "".join(map(_source, footing.sources))
    items += "".join(f"<li>{escape(text)}</li>" for text in report.other_sources)
    counts = ", ".join(f"{n} {basis}" for basis, n in footing.counts.items())
    lead = f'<p class="lead">{len(footing.figures)} figures: {escape(counts)}.</p>' if counts else ""
    body = f'<ul class="sources columns">{items}</ul>' if items else "<p>The run named no sources.</p>"
    return (
        f'<section aria-labelledby="sources"><h2 id="sources">Sources</h2>{lead}{body}</section>'
    )


def _source(cited: Cited) -> str:
    address = f" {escape(cited.source.address)}." if cited.source.address else ""
    weak = sum(f.is_weak for f in cited.figures)
    mark = f' <span class="weak">[{weak} of {len(cited.figures)} weak]</span>' if weak else ""
    figures = "; ".join(f"{_figure(f)} [{f.basis}]" for f in cited.figures)
    noun = "figure" if len(cited.figures) == 1 else "figures"
    return (
        f"<li><details><summary>{escape(cited.source.citation)}.{address} {len(cited.figures)} {noun}{mark}"
        f"</summary>{escape(figures)}.</details></li>"
    )
