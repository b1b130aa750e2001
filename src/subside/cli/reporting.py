"""The report of a run: the one place of the command line that reads the clock for it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from subside import __version__

if TYPE_CHECKING:
    from subside.case import Case
    from subside.course import Comparison, Course
    from subside.report import Beside, LedgerRow, Note, Report

MOST_BESIDE = 2000
"""Patients of the picture of treatments at most: more change its bands little."""

__all__ = ["beside", "explained", "report_of"]


def report_of(case: Case, course: Course, comparison: Comparison | None, *, typical: bool = False) -> Report:
    """Return the report of a run, made now by this version."""
    from subside.report import Report

    now = datetime.datetime.now(datetime.UTC)
    return Report(
        case=case,
        course=course,
        comparison=comparison,
        generated_at=f"{now:%Y-%m-%d %H:%M} UTC",
        version=__version__,
        typical=typical,
    )


def explained(report: Report) -> Report:
    """Return the report with what only further runs can say.

    By which way relief travels, where the uncertainty of the headline comes from, and what less drug
    would do. All three are of pain: a case without an infusion, or without pain to relieve, has none.
    """
    from subside.report.headlines import has_pain_to_relieve, horizon_h

    if report.case.regimen().end_h is None or not has_pain_to_relieve(report):
        return report
    from subside.engine.uncertainty import split_difference
    from subside.report.words import moment

    at_h, seed = horizon_h(report), report.run_seed
    return replace(
        report,
        splits=split_difference(report.case, (at_h,), seed=seed),
        ledger=_ledger(report.case, at_h, seed),
        ledger_of=f"pain at rest at {moment(at_h)}",
        notes=(_less_drug(report.case, seed),),
    )


def beside(case: Case, arms: Sequence[str | Case], *, seed: int, n_patients: int = 1) -> tuple[Beside, ...]:
    """Return the lines of the picture of treatments: the case's own ketamine, then the named treatments.

    Empty unless a treatment without ketamine is among them, and where pain means nothing: the picture
    answers how their relief differs.
    """
    from subside.engine.arms import CONVENTIONAL, named, own
    from subside.engine.beside import beyond_placebo
    from subside.engine.group import left_out
    from subside.evidence.treatments import treatment_facts, treatments_known
    from subside.report import Beside

    names = [arm for arm in arms if isinstance(arm, str) and arm in treatments_known()]
    if not set(names) & set(CONVENTIONAL) or "nrs_pain" in left_out(case):
        return ()
    treated = {name: named(name, case) for name in names}
    if case.infusions:
        treated = {"ketamine": own(case), **{n: a for n, a in treated.items() if n != "ketamine"}}
    found = beyond_placebo(case, tuple(treated.values()), seed=seed, n_patients=min(n_patients, MOST_BESIDE))
    return tuple(
        Beside(facts=treatment_facts(name), during=one.during, after=one.after)
        for name, one in zip(treated, found, strict=True)
    )


def _ledger(case: Case, at_h: float, seed: int) -> tuple[LedgerRow, ...]:
    from subside.engine.ledger import ledger
    from subside.report import LedgerRow

    return tuple(
        LedgerRow(route=way.name, points=way.points, empirical=way.empirical, note=way.note, basis=way.basis)
        for way in ledger(case, at_h, seed=seed)
    )


def _less_drug(case: Case, seed: int) -> Note:
    from subside.engine.ledger import ROUTE_NAMES, less_drug
    from subside.report import Note

    rows = tuple(
        (
            ROUTE_NAMES.get(row.route, row.route),
            _points(row.full_points),
            _points(row.tenth_points),
            _points(row.short_points),
        )
        for row in less_drug(case, seed=seed)
    )
    return Note(
        title="What less drug would do, by rival explanation",
        text="Mean difference from placebo a week after the last infusion, in points of pain at rest, if the "
        "low-dose effect travels by one way alone; the short infusion is 0.5 mg/kg esketamine over 40 min. "
        "The ways agree on the trial they were fitted to and part below it.",
        columns=("Way", "As planned", "A tenth of every rate", "One short infusion"),
        rows=rows,
    )


def _points(difference: float) -> str:
    return f"{difference:+.1f}".replace("-", "\N{MINUS SIGN}")
