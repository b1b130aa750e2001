"""Outcomes: did it help, does it last, and is it worth going on? Pure functions over totals and dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from subside.care.instruments.library import instrument
from subside.care.instruments.scoring import Change, change
from subside.care.logic import Truth
from subside.errors import ParameterError

__all__ = [
    "Attributable",
    "PainCourse",
    "StoppingCriterion",
    "ThirdInfusionReview",
    "pain_course",
    "pain_response",
    "positive_response",
    "remission",
    "review_after_third",
]

#: Weeks of relief that the guideline counts as a positive response (Cohen 2018; recalled).
_WEEKS_AFTER_ONE: Final = 3.0
_WEEKS_AFTER_SERIES: Final = 6.0
#: Totals below which a symptom counts as gone (New York metrics 2025; secondary). NRS: design.
_REMISSION: Final = {"phq9": 5.0, "pcl5": 33.0, "gad7": 5.0, "nrs_pain": 2.0, "nrs_pain_movement": 2.0}
#: A response is lost when less than half of it is left (design).
_LOST_SHARE: Final = 0.5


def pain_response(*, before: float, after: float) -> Literal["none", "minimal", "moderate", "substantial"]:
    """Return how much 0-10 pain fell: minimal from 10 %, moderate from 30 %, substantial from 50 %.

    Source: IMMPACT (evidence/rules/sources.toml, ``bandolier``). Says nothing about the drug: that
    takes a comparison with placebo.

    >>> pain_response(before=7, after=4.5)
    'moderate'
    """
    reached = change(instrument("nrs_pain"), before=before, after=after).improved
    return reached[-1].label if reached else "none"  # type: ignore[return-value]


def positive_response(
    *, relief_percent: float, weeks: float, function_or_satisfaction_better: bool | None, series: bool
) -> Truth:
    """Return whether the guideline would call it a positive response; None while an answer is missing.

    At least 30 % relief with better function or satisfaction, for more than 3 weeks after one outpatient
    infusion, more than 6 after a series or an inpatient course. Source: Cohen 2018, recalled.
    """
    enough = relief_percent >= 30.0 and weeks > (_WEEKS_AFTER_SERIES if series else _WEEKS_AFTER_ONE)
    if not enough:
        return False
    return function_or_satisfaction_better


def remission(name: str, total: float) -> bool:
    """Return whether a total of this instrument is as low as in remission.

    Raises:
        ParameterError: If no source gives a limit for it.
    """
    if name not in _REMISSION:
        raise ParameterError(
            f"remission is defined for {', '.join(sorted(_REMISSION))}; got {name!r}. "
            "Look at the bands of the instrument."
        )
    return total < _REMISSION[name]


@dataclass(frozen=True, kw_only=True)
class PainCourse:
    """What became of the pain after treatment.

    Attributes:
        best: The lowest pain seen.
        best_at_d: When, in days from the last infusion.
        responded_at_d: The first day with at least 30 % less pain; None if never.
        relapsed_at_d: The first day after it on which less than half of the best relief was left.
    """

    best: float
    best_at_d: float
    responded_at_d: float | None
    relapsed_at_d: float | None


def pain_course(*, before: float, days: Sequence[float], pain: Sequence[float]) -> PainCourse:
    """Return response and relapse from a diary.

    Args:
        before: Usual pain before treatment, 0 to 10, above 0.
        days: Days from the last infusion, rising.
        pain: The pain on each of them.

    Raises:
        ParameterError: If the lists differ in length, are empty, or ``before`` is 0.
    """
    if not days or len(days) != len(pain):
        raise ParameterError(
            f"days and pain must be lists of one length, at least 1; got {len(days)} and {len(pain)}. "
            "Pass one pain value a day."
        )
    if not before > 0:
        raise ParameterError(
            f"before must be pain above 0; got {before!r}. Without pain there is no response to look for."
        )
    best = min(pain)
    best_at = days[list(pain).index(best)]
    responded = next((d for d, p in zip(days, pain, strict=True) if before - p >= 0.3 * before), None)
    relapsed = None
    if responded is not None:
        kept = (before - best) * _LOST_SHARE
        relapsed = next(
            (d for d, p in zip(days, pain, strict=True) if d > best_at and before - p < kept), None
        )
    return PainCourse(best=best, best_at_d=best_at, responded_at_d=responded, relapsed_at_d=relapsed)


@dataclass(frozen=True, kw_only=True)
class Attributable:
    """The change since the start that is not placebo, course of nature or regression; passed in.

    Points of 0-10 pain, positive is relief; ``low`` and ``high`` bound it.
    """

    points: float
    low: float
    high: float
    source: str


@dataclass(frozen=True, kw_only=True)
class StoppingCriterion:
    """What was agreed before the first infusion: without this much, it ends.

    Attributes:
        pain_percent: Least relief of pain, in percent.
        peg_points: Least improvement of the PEG, in points; None when function was not part of it.
        agreed_on: When and with whom, as written down.
    """

    pain_percent: float
    peg_points: float | None
    agreed_on: str


@dataclass(frozen=True, kw_only=True)
class ThirdInfusionReview:
    """Whether to go on after the third infusion; a person decides, with this in front of them.

    Attributes:
        verdict: ``criterion met``, ``criterion not met: stop`` or ``incomplete``.
        pain: The change of pain as measured.
        function: The change of the PEG; None when it was not measured.
        attributable: The part that the drug may claim, with its bounds; None when not computed.
        says: What to tell, in order.
    """

    verdict: Literal["criterion met", "criterion not met: stop", "incomplete"]
    pain: Change | None
    function: Change | None
    attributable: Attributable | None
    says: tuple[str, ...]


def review_after_third(
    *,
    infusions: int,
    criterion: StoppingCriterion | None,
    nrs_before: float | None,
    nrs_now: float | None,
    peg_before: float | None = None,
    peg_now: float | None = None,
    attributable: Attributable | None = None,
) -> ThirdInfusionReview:
    """Return whether the criterion agreed beforehand is met, with pain, function and what the drug may claim.

    A missing value or a missing agreement is incomplete, never met.

    Raises:
        ParameterError: If fewer than three infusions were given.
    """
    if infusions < 3:
        raise ParameterError(
            f"infusions must be at least 3 for this review; got {infusions}. Review after the third."
        )
    pain = _change("nrs_pain", nrs_before, nrs_now)
    function = _change("peg", peg_before, peg_now)
    says = [_said("Pain", pain), _said("Function (PEG)", function)]
    if attributable is None:
        says.append("Attributable to the drug: not computed; the change above includes placebo and time.")
    else:
        unsure = " The interval includes none." if attributable.low <= 0 else ""
        says.append(
            f"Attributable to the drug: {attributable.points:.1f} points "
            f"({attributable.low:.1f} to {attributable.high:.1f}; {attributable.source}).{unsure}"
        )
    met = _criterion_met(criterion, pain, function)
    if criterion is None:
        says.append("No stopping criterion was agreed beforehand: agree on one before any further infusion.")
    else:
        says.append(f"Agreed beforehand ({criterion.agreed_on}): {_asked(criterion)}.")
    says.append("Going on is never the default: the plan without a further infusion stands beside it.")
    return ThirdInfusionReview(
        verdict="incomplete" if met is None else "criterion met" if met else "criterion not met: stop",
        pain=pain,
        function=function,
        attributable=attributable,
        says=tuple(says),
    )


def _criterion_met(
    criterion: StoppingCriterion | None, pain: Change | None, function: Change | None
) -> Truth:
    if criterion is None:
        return None
    parts: list[Truth] = [None if pain is None else (pain.percent or 0.0) >= criterion.pain_percent - 1e-9]
    if criterion.peg_points is not None:
        parts.append(None if function is None else function.points >= criterion.peg_points - 1e-9)
    if False in parts:
        return False
    return None if None in parts else True


def _change(name: str, before: float | None, now: float | None) -> Change | None:
    if before is None or now is None:
        return None
    return change(instrument(name), before=before, after=now)


def _said(what: str, found: Change | None) -> str:
    if found is None:
        return f"{what}: not measured."
    percent = "" if found.percent is None else f" ({found.percent:.0f} %)"
    if found.points == 0:
        return f"{what}: unchanged."
    better = "better" if found.points > 0 else "worse"
    return f"{what}: {abs(found.points):.1f} points {better}{percent.replace('-', '')}."


def _asked(criterion: StoppingCriterion) -> str:
    text = f"pain at least {criterion.pain_percent:g} % less"
    if criterion.peg_points is not None:
        text += f" and PEG at least {criterion.peg_points:g} points better"
    return text
