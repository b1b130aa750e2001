"""Rules against facts: the one function behind screening, the start gate, limits and discharge."""

from __future__ import annotations

from collections.abc import Sequence

from subside.care.assessment import Assessment, Benefit, Finding, Question, Seen
from subside.care.crisis import CrisisContact, crisis_contact, urgent_path
from subside.care.facts import Facts, fact_kind, fact_kinds
from subside.care.logic import Options, Value, settlers, truth
from subside.care.profiles import Profile
from subside.care.refractory import Refractoriness
from subside.care.rules import Rule
from subside.care.shortest import shortest
from subside.care.verdicts import Verdict

__all__ = ["assess"]


def assess(
    rules: Sequence[Rule],
    facts: Facts,
    *,
    profile: Profile,
    route: str = "intravenous",
    contact: CrisisContact | None = None,
    benefit: Benefit | None = None,
    refractoriness: Refractoriness | None = None,
) -> Assessment:
    """Return what these rules say about these facts under a site's profile.

    The verdict is the gravest that any rule asks for. Unless that is "do not proceed", a rule that an
    unknown answer leaves open makes it incomplete: unknown never passes as no.

    Args:
        rules: Of one set (``rule_set("screening")``).
        facts: What is known.
        profile: Chooses thresholds where sources conflict.
        route: The route of ketamine; rules for another route are not looked at.
        contact: The site's crisis contact; default: the public one of the profile's country.
        benefit: What can be hoped for; shown, never weighed.
        refractoriness: Why earlier treatments count or do not; shown.
    """
    in_force = [rule for rule in rules if profile.holds(rule) and rule.holds_for(route)]
    findings = tuple(_finding(rule, facts, profile) for rule in in_force)
    fired = [f.rule for f in findings if f.outcome == "fired"]
    gravest = min((rule.verdict for rule in fired), key=lambda v: v.admits, default=Verdict.PROCEED)
    if gravest is Verdict.NOTE:
        gravest = Verdict.PROCEED
    specialties = tuple(
        dict.fromkeys(rule.specialty for rule in fired if rule.specialty and rule.verdict is gravest)
    )
    # Every open rule that asks for something decides: were only the graver ones to count, a new reason for
    # review could turn incomplete into review, and a further contraindication would let more through.
    deciding = [f for f in findings if f.outcome == "open" and f.rule.verdict is not Verdict.NOTE]
    unsettled = gravest is not Verdict.DO_NOT_PROCEED and bool(deciding or facts.contradictions)
    verdict = Verdict.INCOMPLETE if unsettled else gravest
    contact = contact or crisis_contact(profile.country)
    return Assessment(
        subject=in_force[0].set if in_force else "",
        verdict=verdict,
        specialties=specialties if verdict is not Verdict.PROCEED else (),
        findings=findings,
        questions=_questions(deciding, facts) if verdict is Verdict.INCOMPLETE else (),
        contradictions=tuple(f"{line}: ask again" for line in facts.contradictions),
        urgent=tuple(
            urgent_path(name, contact=contact)
            for name in dict.fromkeys(rule.urgent for rule in fired if rule.urgent)
        ),
        profile=profile,
        benefit=benefit,
        refractoriness=refractoriness,
    )


def _finding(rule: Rule, facts: Facts, profile: Profile) -> Finding:
    """Return what one rule says."""
    limits = profile.limits(rule)
    holds = truth(rule.when, {**facts.values, **limits})
    return Finding(
        rule=rule,
        outcome="open" if holds is None else "fired" if holds else "clear",
        seen=tuple(
            Seen(name=name, value=facts.values.get(name), unit=fact_kind(name).unit) for name in rule.facts
        ),
        limits=limits,
        marked=rule.needs_signature and not profile.is_signed,
    )


def _questions(deciding: Sequence[Finding], facts: Facts) -> tuple[Question, ...]:
    """Return the shortest list of questions that could clear every rule that decides."""
    ways: dict[str, Options] = {}
    for finding in deciding:
        values: dict[str, Value] = {**facts.values, **finding.limits}
        ways[finding.rule.id] = settlers(finding.rule.when, values, facts.ways_to_ask, want=False)
    places = {name: place for place, name in enumerate(fact_kinds())}
    chosen = shortest(list(ways.values()), order=places.__getitem__)
    return tuple(
        Question(
            name=name,
            ask=fact_kind(name).ask,
            settles=tuple(
                rule_id
                for rule_id, options in ways.items()
                if any(name in option for option in options if option <= set(chosen))
            ),
        )
        for name in chosen
    )
