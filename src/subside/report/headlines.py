"""The headline of a run: what the regimen adds beyond placebo, and whether that is worth having."""

from __future__ import annotations

import math
from dataclasses import dataclass

from subside.course import Course, Curve, quantity
from subside.report.content import Report
from subside.report.regimen import lane
from subside.report.words import arm_words, chance, lower_or_higher, moment_long

H_PER_WEEK = 168.0
PAIN = "nrs_pain"
RELIEF = ("p_response_30", "p_response_50")
"""The shares with at least 30 and 50 % less pain than before."""
# Below it 30 % is less than a point, the smallest step of the scale. A choice of this page (design).
_LEAST_PAIN_FOR_SHARES = 3.0
# What a case without pain is treated for; the first of these that was computed.
_MOOD = {"post_traumatic_stress": ("pcl5_total",), "depression": ("madrs_total", "phq9_total")}
# Scores that the drug moves only under a hypothesis that is off unless a case asks for it.
_ASKED_FOR = {"pcl5_total": "post_traumatic_stress", "gad7_total": "anxiety"}


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The numbers of the headline and the sentence that says them.

    ``difference``, ``low`` and ``high`` are arm minus reference at ``time_h``, in points of
    ``name`` (fewer is better, so a benefit is negative) with the 90 % interval; NaN where nothing
    could be computed. ``at_least`` is None where no threshold of worth is known for the score, and
    ``probability`` where it was not computed.
    """

    name: str
    time_h: float
    reference: str | None
    difference: float
    low: float
    high: float
    at_least: float | None
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

    @property
    def modeled(self) -> bool:
        """Whether the drug can move the score in this run; False is no finding of no effect."""
        return not (self.name in _ASKED_FOR and self.difference == 0.0 and not self.has_interval)


def measure(report: Report) -> str:
    """Return the score that the headline speaks of: pain at rest, or what a case without pain is for."""
    for name in _MOOD.get(report.case.patient.condition, ()):
        if name in report.course:
            return name
    return PAIN


def has_pain_to_relieve(report: Report) -> bool:
    """Return whether shares with 30 or 50 % less pain say anything: not where there is hardly any pain.

    A usual pain that the case does not state is no reason to leave them out.
    """
    stated = report.case.patient.nrs_pain
    return stated is None or stated >= _LEAST_PAIN_FOR_SHARES


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
    name = measure(report)
    worth = report.worth_points if name == PAIN else None
    difference = _difference(report, reference, name)
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
        if has_interval and worth is not None:
            probability = report.comparison.chance(report.arm, reference, name, time_h=at, at_least=worth)
    one = report.course.of_one_patient
    shares = name == PAIN and has_pain_to_relieve(report)
    asked_for = _ASKED_FOR.get(name) if mid == 0.0 and not has_interval else None
    return Headline(
        name=name,
        time_h=at,
        reference=reference,
        difference=mid,
        low=low,
        high=high,
        at_least=worth,
        probability=probability,
        has_interval=has_interval,
        of_one_patient=one,
        share_30=_share(report.course, at) if shares else None,
        share_30_reference=_share(report.reference_course, at) if shares else None,
        sentence=_not_modeled(_score_words(name), asked_for)
        if asked_for
        else _sentence(
            _score_words(name),
            at,
            reference,
            mid,
            low,
            high,
            has_interval=has_interval,
            worth=_worth(reference, worth, probability, one=one),
            one=one,
        ),
    )


def _difference(report: Report, reference: str | None, name: str) -> Curve | None:
    if report.comparison is None or reference is None:
        return None
    return report.comparison.differences.get(f"{report.arm} - {reference}", {}).get(name)


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


def _score_words(name: str) -> str:
    what, comma, scale = quantity(name).label.partition(", ")
    return what[:1].lower() + what[1:] + (f" ({scale})" if comma else "")


def _not_modeled(score: str, hypothesis: str) -> str:
    return (
        f"This run says nothing about {score}: trials disagree or are missing, so no effect on it "
        f"is assumed. To ask what would follow if it moved with mood, write {hypothesis} = true under "
        "[options] in the case."
    )


def _sentence(
    score: str,
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
        f"{moment_long(at)} after the start, {score} in {who} is expected to be {words} under "
        f"this regimen {than} under {against}"
    )
    if reference == "none":
        said = f"This is no difference from placebo: what hope adds is part of it. {said}"
    if not has_interval and mid == 0.0:
        return said + ". Nothing in the case sets the two apart."
    if not has_interval:
        return said + ". This is a single typical line without an interval, as asked for by name."
    within = f"{said} (90\N{NO-BREAK SPACE}% interval: {_interval(low, high)})"
    return f"{within}, and {worth}." if worth else f"{within}."


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


def _worth(reference: str | None, at_least: float | None, probability: float | None, *, one: bool) -> str:
    """The probability of being worth having, as the end of the sentence; empty without a threshold."""
    if at_least is None:
        return ""
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
