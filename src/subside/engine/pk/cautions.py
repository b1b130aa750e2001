"""What to say when a set is asked for something outside the data behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from subside.course import Caution
from subside.engine.drugs.kinds import PkSet
from subside.units import show_duration, show_number

__all__ = ["RegimenFacts", "range_warnings"]


@dataclass(frozen=True, kw_only=True)
class RegimenFacts:
    """What the tested range is compared with.

    Attributes:
        drug_forms: Forms given: ``"esketamine"``, ``"racemic_ketamine"``.
        longest_infusion_h: Longest unbroken time of infusion.
        n_days_with_dose: On how many days a dose is given; above 1, doses repeat.
        routes: Routes of administration; the sets here are for ``"intravenous"``.
        site: Where compared levels are sampled: ``"arterial"``, ``"venous"``, or "" if not compared.
    """

    drug_forms: tuple[str, ...] = ()
    longest_infusion_h: float = 0.0
    n_days_with_dose: int = 1
    routes: tuple[str, ...] = ("intravenous",)
    site: str = ""


def range_warnings(
    pk_set: PkSet,
    *,
    weight_kg: Iterable[float] = (),
    age_years: Iterable[float | None] = (),
    facts: RegimenFacts | None = None,
) -> tuple[Caution, ...]:
    """Return what must travel with a result of this set for these people and this regimen.

    Args:
        pk_set: The named set.
        weight_kg: Weights of the people; the extremes are compared.
        age_years: Ages; None is unknown and compared with nothing.
        facts: The regimen; None if there is none.
    """
    found = [Caution(code=code, text=text, sources=sources) for code, text, sources in pk_set.cautions]

    own = next(iter(pk_set.parameters.values())).figures[:1]

    def add(code: str, text: str) -> None:
        found.append(Caution(code=code, text=text, sources=own))

    tested = pk_set.tested
    who = f"{pk_set.title} ({pk_set.name}; {tested.population})"
    _outside(add, "pk_weight", "weight", "kg", weight_kg, tested.weight_kg, who)
    ages = [age for age in age_years if age is not None and age == age]  # NaN is unknown too
    _outside(add, "pk_age", "age", "years", ages, tested.age_years, who)
    if pk_set.site == "venous":
        add(
            "pk_venous_set",
            f"{who} was built on venous samples: during and just after an infusion arterial levels "
            "lie up to about twice as high. Effects driven by it start from venous levels.",
        )
    if facts is not None:
        _regimen(add, pk_set, facts, who)
    return tuple(found)


def _regimen(add, pk_set: PkSet, facts: RegimenFacts, who: str) -> None:  # type: ignore[no-untyped-def]
    tested = pk_set.tested
    for form in facts.drug_forms:
        if form not in tested.drug_forms:
            add(
                "pk_drug_form",
                f"{who} was not tested with {_words(form)}, only with "
                f"{', '.join(map(_words, tested.drug_forms))}.",
            )
    if "racemic_ketamine" in facts.drug_forms:
        add(
            "pk_r_ketamine",
            "R-ketamine differs from S-ketamine by its clearance alone (ratio 0.90, in part recalled); "
            "R-norketamine and R-hydroxynorketamine are taken to behave as the S forms.",
        )
    for route in facts.routes:
        if route != "intravenous":
            add(
                "pk_route",
                f"{pk_set.title} ({pk_set.name}) is used for intravenous doses here; {route} uptake is not "
                "modeled.",
            )
    longest = tested.longest_infusion_h
    if longest is not None and facts.longest_infusion_h > longest * 1.01 + 0.02:
        add(
            "pk_duration",
            f"The longest observation behind {who} is {show_duration(longest)}; "
            f"this infusion lasts {show_duration(facts.longest_infusion_h)}.",
        )
    if longest is None and facts.longest_infusion_h > 24.0:
        add(
            "pk_duration_unknown",
            f"How long the infusions behind {who} lasted is not recorded here; "
            f"this one lasts {show_duration(facts.longest_infusion_h)}.",
        )
    if facts.n_days_with_dose > 1 and not tested.repeats:
        add(
            "pk_repeats",
            f"{who} was not tested on repeated days; clearance is taken as unchanged by repeats.",
        )
    if facts.site == "venous" and pk_set.site != "venous" and not pk_set.has_venous_delay:
        add(
            "pk_site",
            f"{pk_set.title} ({pk_set.name}) has no venous level: its central level is compared with "
            "venous samples.",
        )


def _words(drug_form: str) -> str:
    return drug_form.replace("_", " ")


def _outside(add, code, what, unit, values, limits, who) -> None:  # type: ignore[no-untyped-def]
    """Say once which extreme lies outside the limits."""
    values = list(values)
    if not values:
        return
    if limits is None:
        return
    low, high = limits
    below, above = min(values), max(values)
    if below < low:
        add(
            code,
            f"{who} was tested from {show_number(low)} {unit} of {what}; {show_number(below)} lies below.",
        )
    if above > high:
        add(
            code,
            f"{who} was tested up to {show_number(high)} {unit} of {what}; {show_number(above)} lies above.",
        )
