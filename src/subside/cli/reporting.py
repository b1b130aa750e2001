"""What stands beside the curves of a report: when, which version, sources, the reviewers' verdicts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Final

from subside import __version__
from subside.cli.sources import figure_words, footing_of

if TYPE_CHECKING:
    from subside.case import Case
    from subside.course import Comparison, Course
    from subside.report import Citation, Report, Verdict
    from subside.report.content import Leaning

__all__ = ["citations_of", "report_of", "verdicts_of"]

USE_WORDS: Final = {
    "input": "Feeds the model",
    "outcome": "Compared with the model",
    "context": "Explains another figure",
}
# Where a reviewers' word for the strength of the evidence leans; their own word and grade stand beside it.
LEANINGS: Final[dict[str, Leaning]] = {"moderate": "for"}


def report_of(
    case: Case, course: Course, comparison: Comparison | None, *, typical: bool = False
) -> Report:
    """Return the report of a run; the only place that reads the clock for it."""
    from subside.report import Report

    now = datetime.datetime.now(datetime.UTC)
    return Report(
        case=case,
        course=course,
        comparison=comparison,
        generated_at=f"{now:%Y-%m-%d %H:%M} UTC",
        version=__version__,
        typical=typical,
        verdicts=verdicts_of(case.patient.condition),
        citations=citations_of(course.sources),
    )


def verdicts_of(condition: str) -> tuple[Verdict, ...]:
    """Return what guideline makers and reviewers concluded on a condition, in the report's form."""
    from subside.evidence import verdict_conditions, verdicts
    from subside.report import Verdict

    asked = condition if condition in verdict_conditions() else "chronic_pain"
    return tuple(
        Verdict(
            who=f"{one.by}, {one.year}",
            grade=f"{one.strength[:1].upper()}{one.strength[1:]}"
            + (f"; grade {one.grade}" if one.grade != "none" else "")
            + (f"; certainty {one.certainty}" if one.certainty != "none" else ""),
            text=f"{one.statement} Looked at: {one.about}; {one.regimen}.",
            leaning=LEANINGS.get(one.strength, "unclear"),
            source=one.source.citation,
            address=one.source.address,
            basis=one.basis,
        )
        for one in verdicts(asked)
    )


def citations_of(ids: Iterable[str]) -> tuple[Citation, ...]:
    """Return the sources behind a run in the report's form: one a source, use and basis."""
    from subside.report import Citation

    footing, plain = footing_of(ids)
    found = [
        Citation(
            group=USE_WORDS[use],
            citation=cited.source.citation,
            address=cited.source.address,
            basis=basis,
            figures=tuple(figure_words(one) for one in figures),
        )
        for cited in footing.sources
        for (use, basis), figures in groupby(
            sorted(cited.figures, key=lambda one: (one.use, one.basis)), key=lambda one: (one.use, one.basis)
        )
    ]
    return (*found, *(Citation(group="Also", citation=text) for text in plain))
