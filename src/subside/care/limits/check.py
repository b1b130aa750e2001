"""The two checks of an order: when it is planned, and at the pump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from subside.care import rules
from subside.care.assessing import assess
from subside.care.assessment import Assessment
from subside.care.facts import Facts
from subside.care.profiles import Profile, load_profile

if TYPE_CHECKING:
    from subside.case import Case

__all__ = ["Predicted", "check_case", "check_facts", "check_pump"]


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """One prediction passed in by the caller; never computed here.

    Attributes:
        name: ``sbp_mmhg`` or ``spo2_percent`` (the extreme over the visit), or ``pain_fall_points``.
        low: Lower bound of the prediction.
        high: Upper bound.
    """

    name: Literal["sbp_mmhg", "spo2_percent", "pain_fall_points"]
    low: float
    high: float


def check_facts(facts: Facts, *, profile: Profile | None = None) -> Assessment:
    """Return whether an order is within the profile's limits: form, rate, weight, what has added up."""
    return assess(rules.rule_set("limits"), facts, profile=profile or load_profile())


def check_pump(facts: Facts, *, profile: Profile | None = None) -> Assessment:
    """Return whether vial, bag and pump match the order; before every start and change of rate."""
    return assess(rules.rule_set("pump"), facts, profile=profile or load_profile())


def check_case(
    case: Case,
    *,
    profile: Profile | None = None,
    predicted: Sequence[Predicted] = (),
    **more: object,
) -> Assessment:
    """Return the check of a case's regimen at its most extreme moment.

    Args:
        case: Each infusion is looked at; the highest rate, bolus and total count.
        profile: The site's; default: the strict one, unsigned.
        predicted: What a model predicts; bounds are used, never the middle.
        more: Answers beyond the case, or instead of it.
    """
    from subside.care.limits.case_order import facts_from_order

    # What was measured and written down stands before what is predicted.
    foreseen = {k: v for k, v in _from_predictions(predicted).items() if k not in case.answers}
    facts = facts_from_order(case, **{**foreseen, **more})
    return check_facts(facts, profile=profile)


def _from_predictions(predicted: Sequence[Predicted]) -> dict[str, object]:
    """Return the facts that predictions answer: the careful bound of each."""
    facts: dict[str, object] = {"prediction_given": bool(predicted)}
    for one in predicted:
        if one.name == "sbp_mmhg":
            facts["predicted_sbp_high_mmhg"] = one.high
        elif one.name == "spo2_percent":
            facts["predicted_spo2_low_percent"] = one.low
        else:
            facts["pain_fall_points"] = one.high
    return facts
