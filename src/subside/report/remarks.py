"""One-line remarks that keep a number from being read as what it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from subside.care.instruments import instrument
from subside.report.content import Report
from subside.report.figures import is_unmoved
from subside.report.headlines import RELIEF, has_pain_to_relieve
from subside.report.tables import has_values
from subside.report.words import plain_list, shown
from subside.units import show_number

# Scores whose questions look back; curves of them are no questionnaire.
_LOOKING_BACK: Final = {"phq9_total": "phq9", "gad7_total": "gad7", "pcl5_total": "pcl5"}


def no_relief_words(report: Report) -> str:
    """Return why shares with less pain are not shown; empty where they are or were not computed."""
    stated = report.case.patient.nrs_pain
    if stated is None or has_pain_to_relieve(report) or not any(n in report.course for n in RELIEF):
        return ""
    return (
        "How many have 30 or 50\N{NO-BREAK SPACE}% less pain is not shown: of the stated usual pain, "
        f"{show_number(stated)} of 10, 30\N{NO-BREAK SPACE}% would be less than one point."
    )


def start_band_words(report: Report) -> str:
    """Return what the band of pain at the start is; empty where there is none."""
    course = report.course
    index = course.nearest(0.0, within_h=0.5)
    if index is None or "nrs_pain" not in course:
        return ""
    curve = course["nrs_pain"]
    if not curve.high[index] > curve.low[index]:
        return ""
    stated = report.case.patient.nrs_pain
    if stated is None:
        return (
            "The case states no usual pain: the band of pain at the start is the range of the level that stands in "
            "for it, with its swing from day to day."
        )
    level = f"the stated usual level of {show_number(stated)}"
    if course.of_one_patient:
        return (
            f"The band of pain at the start is its swing from day to day around {level}. The "
            "model takes people to come for treatment on a bad day: their usual level may be lower than stated."
        )
    return (
        f"The band of pain at the start is its swing from day to day around {level}, and how far people "
        "described alike differ."
    )


def recall_words(report: Report, names: Sequence[str]) -> str:
    """Return that curves of scores which look back are no questionnaires; empty without such a curve."""
    moved = [
        n
        for n in names
        if n in _LOOKING_BACK
        and n in report.course
        and has_values(report.course[n])
        and not is_unmoved(report, n)
    ]
    if not moved:
        return ""
    asked: dict[str, list[str]] = {}
    for name in moved:
        span = instrument(_LOOKING_BACK[name]).recall.removeprefix("past ")
        asked.setdefault(span, []).append(shown(name).label.rpartition(", ")[2])
    said = "; ".join(
        f"{plain_list(scales)} ask{'s' if len(scales) == 1 else ''} about the last {span}"
        for span, scales in asked.items()
    )
    return (
        f"{said}. Shown is the underlying burden on that scale as it changes by hours and days, not a "
        "questionnaire repeated by the hour."
    )
