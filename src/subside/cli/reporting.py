"""The report of a run: the one place of the command line that reads the clock for it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from subside import __version__

if TYPE_CHECKING:
    from subside.case import Case
    from subside.course import Comparison, Course
    from subside.report import Report

__all__ = ["report_of"]


def report_of(
    case: Case, course: Course, comparison: Comparison | None, *, typical: bool = False
) -> Report:
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
