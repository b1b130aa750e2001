"""Windows of time: the whole course, one course of infusions, one session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.report.content import Report
from subside.report.regimen import Lane, Stretch, lane

# A window needs this many computed times before a curve in it means anything.
_LEAST_TIMES = 5


@dataclass(frozen=True, kw_only=True)
class Windows:
    """The windows of time of one report: the whole, one course of infusions, one session."""

    whole: Stretch
    course: Stretch | None
    session: Stretch | None
    course_words: str = ""
    session_words: str = ""


def windows(report: Report) -> Windows:
    """Return the windows that the figures of a report use.

    The session is the one with the highest rate (the first of equals): side effects are looked for
    where they are most likely. Where too few times were computed in it, the course stands for it.
    """
    times = report.course.times_h
    whole = Stretch(
        start_h=float(times[0]) if len(times) else 0.0, end_h=float(times[-1]) if len(times) else 1.0
    )
    doses = lane(report.case)
    if not doses.sessions:
        return Windows(whole=whole, course=None, session=None)
    sessions, courses = doses.sessions, doses.courses
    best = max(range(len(sessions)), key=lambda i: (_top(doses, sessions[i]), -i))
    session, course = _after(sessions[best], whole), _after(courses[0], whole)
    words = "" if len(sessions) == 1 else f"infusion {best + 1} of {len(sessions)}"
    if _count(times, session) < _LEAST_TIMES:
        session, words = course, "" if len(courses) == 1 else f"course 1 of {len(courses)}"
    if _count(times, course) < _LEAST_TIMES:
        return Windows(whole=whole, course=None, session=None)
    return Windows(
        whole=whole,
        course=course,
        session=session,
        course_words="" if len(courses) == 1 else f"course 1 of {len(courses)}",
        session_words=words,
    )


def _after(stretch: Stretch, whole: Stretch) -> Stretch:
    """The stretch with a little before it and the recovery after it, within what was computed."""
    length = stretch.end_h - stretch.start_h
    recovery = min(max(0.5 * length, 2.0), 24.0)
    return Stretch(
        start_h=max(stretch.start_h - 0.04 * (length + recovery), min(whole.start_h, stretch.start_h)),
        end_h=min(stretch.end_h + recovery, whole.end_h),
    )


def visible(times_h: NDArray[np.float64], start_h: float, end_h: float) -> slice:
    """Return which times a window shows, with one beyond each edge so that lines reach it."""
    first = int(np.searchsorted(times_h, start_h, side="left"))
    last = int(np.searchsorted(times_h, end_h, side="right"))
    return slice(max(first - 1, 0), min(last + 1, len(times_h)))


def _count(times: NDArray[np.float64], part: Stretch) -> int:
    seen = visible(times, part.start_h, part.end_h)
    return len(times[seen]) - 2


def _top(doses: Lane, session: Stretch) -> float:
    part = doses.within(session)
    # A bolus counts as the rate that would give it in the minute it takes.
    return max([part.top_mg_per_h, *(60.0 * push.mg for push in part.pushes)])
