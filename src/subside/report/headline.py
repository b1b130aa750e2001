"""The headline of a run: what the regimen adds beyond placebo, and whether that is worth having."""

from __future__ import annotations

import math
from dataclasses import dataclass

from subside.course import Course, Curve
from subside.report.content import Report
from subside.report.regimen import lane
from subside.report.words import arm_words, chance, lower_or_higher, moment_long

H_PER_WEEK = 168.0
PAIN = "nrs_pain"


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The numbers of the headline and the sentence that says them.

    ``difference``, ``low`` and ``high`` are arm minus reference at ``time_h``, in points of pain
    at rest (less pain is negative) with the 90 % interval; NaN where nothing could be computed.
    ``probability`` is None where it was not computed.
    """

    time_h: float
    reference: str | None
    difference: float
    low: float
    high: float
    at_least: float
    probability: float | None
    has_interval: bool
    of_one_patient: bool
    share_30: float | None
    share_30_reference: float | None
    sentence: str

    @property
    def computed(self) -> bool:
        """Whether there is a difference to speak of."""
        return self.reference is not None and math.isfinite(self.difference)


def horizon_h(report: Report) -> float:
    """Return the time the headline speaks of: a time of the course.

    The time asked for, or a week after the last infusion ends (within the course), or without
    infusions the last time; moved to the nearest time computed.
    """
    times = report.course.times_h
    if len(times) == 0:
        return math.nan
    asked = report.horizon_h
    if asked is None:
        end = lane(report.case).end_h
        # From Sigtermans 2009 on, the end of a week is when trials first look.
        asked = float(times[-1]) if end is None else H_PER_WEEK * math.ceil(end / H_PER_WEEK)
    nearest = min(range(len(times)), key=lambda i: abs(float(times[i]) - asked))
    return float(times[nearest])


def headline(report: Report) -> Headline:
    """Return the headline of a report."""
    at = horizon_h(report)
    reference = report.reference_name
    difference = _difference(report, reference)
    low = mid = high = math.nan
    has_interval = False
    probability = None
    if difference is not None and reference is not None and report.comparison is not None:
        index = _index(report, at)
        if index is not None:
            mid, low, high = (
                float(series[index]) for series in (difference.median, difference.low, difference.high)
            )
            has_interval = difference.has_band
        if has_interval:
            probability = report.comparison.chance(
                report.arm, reference, PAIN, time_h=at, at_least=report.worth_points
            )
    one = report.course.of_one_patient
    return Headline(
        time_h=at,
        reference=reference,
        difference=mid,
        low=low,
        high=high,
        at_least=report.worth_points,
        probability=probability,
        has_interval=has_interval,
        of_one_patient=one,
        share_30=_share(report.course, at),
        share_30_reference=_share(report.reference_course, at),
        sentence=_sentence(
            at,
            reference,
            mid,
            low,
            high,
            has_interval=has_interval,
            worth=_worth(reference, report.worth_points, probability, one=one),
            one=one,
        ),
    )


def _difference(report: Report, reference: str | None) -> Curve | None:
    if report.comparison is None or reference is None:
        return None
    return report.comparison.differences.get(f"{report.arm} - {reference}", {}).get(PAIN)


def _index(report: Report, at: float) -> int | None:
    if report.comparison is None or not math.isfinite(at):
        return None
    return report.comparison.arms[report.arm].nearest(at)


def _share(course: Course | None, at: float) -> float | None:
    if course is None or "p_response_30" not in course:
        return None
    index = course.nearest(at)
    if index is None:
        return None
    value = float(course["p_response_30"].median[index])
    return value if math.isfinite(value) else None


def _sentence(
    at: float,
    reference: str | None,
    mid: float,
    low: float,
    high: float,
    *,
    has_interval: bool,
    worth: str,
    one: bool,
) -> str:
    if reference is None or not math.isfinite(mid):
        return (
            "The difference from placebo was not computed for this run. A fall in pain after an "
            "infusion is not by itself an effect of the drug."
        )
    who = "this patient" if one else "patients like this one"
    against = arm_words(reference)
    words = lower_or_higher(mid)
    than = "as" if words == "the same" else "than"
    said = (
        f"{moment_long(at)} after the start, pain at rest in {who} is expected to be {words} under "
        f"this regimen {than} under {against}"
    )
    if not has_interval:
        return said + ". This is a single typical line without an interval, as asked for by name."
    return f"{said} (90\N{NO-BREAK SPACE}% interval: {_interval(low, high)}), and {worth}."


def interval(head: Headline) -> str:
    """Return the 90 % interval of a headline in words."""
    return _interval(head.low, head.high)


def _interval(low: float, high: float) -> str:
    """Return an interval of differences in words, never with a bare minus sign."""
    if high <= 0:
        return f"{abs(high):.1f} to {abs(low):.1f} points lower"
    if low >= 0:
        return f"{low:.1f} to {high:.1f} points higher"
    return f"from {abs(low):.1f} points lower to {high:.1f} points higher"


def _worth(reference: str | None, at_least: float, probability: float | None, *, one: bool) -> str:
    """The probability of being worth having, as the end of the sentence."""
    threshold = f"{at_least:g}\N{NO-BREAK SPACE}points"
    if reference is None or probability is None:
        return f"the probability of at least {threshold} beyond placebo was not computed"
    against = arm_words(reference)
    if one:
        return (
            f"the probability that it takes away at least {threshold} more than {against} would is "
            f"{chance(probability)}"
        )
    return f"{chance(probability)} of such patients gain at least {threshold} beyond {against}"
