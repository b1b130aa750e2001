"""Whether the keys of one infusion fit together: what pydantic's field types cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from subside.case.quantities import Flaw
from subside.units import Rate, parse_rate, show_duration

if TYPE_CHECKING:
    from subside.case.infusion import Infusion, Step, TitrationPlan

__all__ = ["infusion_flaws", "policy_order_flaws", "rate_of"]

_MAX_DECISIONS = 20_000
_EXAMPLE = '{ rate = "22 mg/h", for = "4 h" }'


def rate_of(text: str, concentration: str | None) -> Rate:
    """Return a rate as the infusion's concentration gives it."""
    return parse_rate(text, concentration=concentration)


def infusion_flaws(infusion: Infusion) -> Iterator[Flaw]:
    """Yield every way in which the keys of an infusion do not fit together."""
    yield from _what_is_given(infusion)
    yield from _volumes(infusion)
    for k, step in enumerate(infusion.steps):
        yield from _step(step, k)
    if infusion.policy is not None:
        yield from _policy(infusion.policy)
        yield from policy_order_flaws(infusion.policy, infusion.concentration, weight_kg=None)
    if infusion.start_h < 0:
        yield Flaw(
            "start",
            got=f"'{infusion.start}'",
            accepted="a time of at least 0 h: times count from the start of the first infusion",
            remedy='Let the first infusion start at "0 h" and count the others from it.',
        )
    if infusion.series is not None and infusion.series.count > 1:
        shortest = infusion.series.every_h
        if infusion.length_h > shortest * (1 + 1e-12):
            yield Flaw(
                "series",
                "every",
                got=f"'{infusion.series.every}' for a session of {show_duration(infusion.length_h)}",
                accepted="an interval at least as long as one session; overlapping infusions are refused",
                remedy="Lengthen every, or shorten the session.",
                compares=True,
            )


def _what_is_given(infusion: Infusion) -> Iterator[Flaw]:
    if infusion.steps and infusion.policy is not None:
        yield Flaw(
            "policy",
            got="both steps and policy",
            accepted="steps or policy, not both; a bolus may go before either",
            remedy="Remove one; a fixed part before a titration is an [[infusion]] of its own.",
        )
    if infusion.bolus is None and not infusion.steps and infusion.policy is None:
        yield Flaw(
            got="an infusion without steps, bolus or policy",
            accepted="what is given: steps, bolus or policy",
            remedy=f"Add steps = [ {_EXAMPLE} ].",
        )
    zero = [k for k, step in enumerate(infusion.steps) if _is_zero(step, infusion.concentration)]
    if infusion.bolus is None and infusion.steps and len(zero) == len(infusion.steps):
        yield Flaw(
            "steps",
            0,
            got="only rates of 0, so no drug",
            accepted="at least one step that gives drug",
            remedy="Remove the infusion, or write its rate.",
            compares=True,
        )


def _is_zero(step: Step, concentration: str | None) -> bool:
    rates = [text for text in (step.rate, step.from_rate, step.to_rate) if text is not None]
    return bool(rates) and all(
        parse_rate(text, concentration=concentration or "1 mg/mL").mg_per_h == 0 for text in rates
    )


def _volumes(infusion: Infusion) -> Iterator[Flaw]:
    """Yield rates in mL/h that lack a concentration, and a concentration that nothing uses."""
    rates: list[tuple[tuple[str | int, ...], str | None]] = []
    for k, step in enumerate(infusion.steps):
        rates.append((("steps", k, "rate"), step.rate))
        rates.append((("steps", k, "from_rate"), step.from_rate))
        rates.append((("steps", k, "to_rate"), step.to_rate))
    if infusion.policy is not None:
        policy = infusion.policy
        for key in ("start_rate", "step", "ceiling", "floor", "lower_step"):
            rates.append((("policy", key), getattr(policy, key)))
    if infusion.concentration is None:
        for at, text in rates:
            if text is not None and _needs_concentration(text):
                yield Flaw(
                    *at,
                    got=f"'{text}' without a concentration",
                    accepted='mL/h together with concentration, such as "1 mg/mL"; or mg/h',
                    remedy='Add concentration = "... mg/mL" (what the bag holds), or write mg/h.',
                )
    elif (
        not infusion.steps
        and infusion.policy is None
        and (infusion.bolus is not None and infusion.bolus.over is None)
    ):
        yield Flaw(
            "concentration",
            got="a concentration that nothing uses: a bolus given at once has no rate",
            accepted="concentration beside a rate, which is then shown in mL/h",
            remedy="Remove concentration, or say how long the bolus takes with over.",
        )


def _needs_concentration(text: str) -> bool:
    return "ml" in text.lower()


def _step(step: Step, k: int) -> Iterator[Flaw]:
    ways = [step.rate is not None, step.dose is not None, step.is_taper]
    if sum(ways) != 1:
        given = [w for w, present in zip(("rate", "dose", "a taper"), ways, strict=True) if present]
        yield Flaw(
            "steps",
            k,
            got=" and ".join(given) or "a step without rate or dose",
            accepted="one of: rate; dose; from_rate with to_rate and in_steps",
            remedy=f"Write one of them, such as {_EXAMPLE}.",
        )
    elif step.is_taper:
        absent = [key for key in ("from_rate", "to_rate", "in_steps") if getattr(step, key) is None]
        if absent:
            yield Flaw(
                "steps",
                k,
                got=f"a taper without {' and '.join(absent)}",
                accepted="from_rate, to_rate and in_steps together",
                remedy='Write { from_rate = "20 mg/h", to_rate = "5 mg/h", for = "3 h", in_steps = 4 }.',
            )


def _policy(policy: TitrationPlan) -> Iterator[Flaw]:
    """Yield what makes a titration unable to do its work."""
    if policy.raise_if_pain_above is None and not policy.lower_if.limits():
        yield Flaw(
            "policy",
            got="a policy that never changes the rate",
            accepted="raise_if_pain_above, lower_if, or both",
            remedy="Add raise_if_pain_above = 3 (or lower_if), or write steps with a fixed rate.",
        )
    if parse_rate(policy.step, concentration="1 mg/mL").mg_per_h == 0:
        yield Flaw(
            "policy",
            "step",
            got=f"'{policy.step}'",
            accepted="a step above 0",
            remedy='Write by how much the rate is raised, such as "5 mg/h".',
        )
    if policy.every_h >= policy.for_h:
        yield Flaw(
            "policy",
            "every",
            got=f"'{policy.every}' in an infusion of '{policy.for_}'",
            accepted="an interval shorter than the infusion, so that something is decided",
            remedy="Shorten every or lengthen for.",
            compares=True,
        )
    elif policy.for_h / policy.every_h > _MAX_DECISIONS:
        yield Flaw(
            "policy",
            "every",
            got=f"'{policy.every}' in an infusion of '{policy.for_}'",
            accepted=f"at most {_MAX_DECISIONS} decisions",
            remedy="Lengthen every.",
            compares=True,
        )
    above = policy.raise_if_pain_above
    for key, threshold in (("hold_if", policy.hold_if), ("lower_if", policy.lower_if)):
        if above is not None and threshold.pain_below is not None and threshold.pain_below > above:
            yield Flaw(
                "policy",
                key,
                "pain_below",
                got=f"{threshold.pain_below:g} with raise_if_pain_above = {above:g}",
                accepted="pain_below at or below raise_if_pain_above; both cannot be so at once",
                remedy="Lower pain_below or increase raise_if_pain_above.",
                compares=True,
            )


def policy_order_flaws(
    policy: TitrationPlan, concentration: str | None, *, weight_kg: float | None
) -> Iterator[Flaw]:
    """Yield where floor, start rate and ceiling are not in this order.

    Without a weight only rates of one kind are compared (both per kg, or neither); with it, only
    those of two kinds, so that the two calls together find every flaw once.
    """
    if concentration is None and any(
        _needs_concentration(text) for text in (policy.floor, policy.start_rate, policy.ceiling)
    ):
        return
    order = [(key, getattr(policy, key)) for key in ("floor", "start_rate", "ceiling")]
    rates = {key: rate_of(text, concentration) for key, text in order}
    for (low, low_text), (high, high_text) in combinations(order, 2):
        one_kind = rates[low].per_kg == rates[high].per_kg
        if one_kind != (weight_kg is None):
            continue
        if (low, high) == ("floor", "ceiling") and rates["start_rate"].per_kg == rates[low].per_kg:
            continue  # said by the start rate between them
        scale = 1.0 if weight_kg is None else weight_kg
        if rates[low].for_weight(scale) > rates[high].for_weight(scale):
            at = "floor" if low == "floor" else "ceiling"
            yield Flaw(
                "policy",
                at,
                got=f"{low} = '{low_text}' above {high} = '{high_text}'",
                accepted="floor <= start_rate <= ceiling",
                remedy="Check the three rates and their units.",
                compares=True,
            )
    if weight_kg is None and rates["ceiling"].mg_per_h == 0:
        yield Flaw(
            "policy",
            "ceiling",
            got=f"'{policy.ceiling}'",
            accepted="a ceiling above 0",
            remedy="Write the highest rate allowed.",
        )
