"""The two decisions before an infusion: may it be planned, may it start today."""

from __future__ import annotations

from subside.care import rules
from subside.care.assessing import assess
from subside.care.assessment import Assessment, Benefit
from subside.care.crisis import CrisisContact
from subside.care.facts import Facts
from subside.care.profiles import Profile, load_profile
from subside.care.refractory import Refractoriness

__all__ = ["screen", "start_gate"]


def screen(
    facts: Facts,
    *,
    profile: Profile | None = None,
    contact: CrisisContact | None = None,
    benefit: Benefit | None = None,
    refractoriness: Refractoriness | None = None,
) -> Assessment:
    """Return whether ketamine may be planned for this person, with every reason.

    For the eyes of a clinician: a self-referring person is never told "eligible".

    Args:
        facts: What is known (``facts_from_case``, or answers of a form); unknown never passes as no.
        profile: The site's; default: the strict one, unsigned.
        contact: The site's crisis contact.
        benefit: What can be hoped for beyond placebo, computed by the caller; shown, never weighed.
        refractoriness: Why earlier treatments count or do not (``prior_treatments(case)``); shown.
    """
    route = facts["ketamine_route"]
    return assess(
        rules.rule_set("screening"),
        facts,
        profile=profile or load_profile(),
        route=route if isinstance(route, str) else "intravenous",
        contact=contact,
        benefit=benefit,
        refractoriness=refractoriness,
    )


def start_gate(
    facts: Facts, *, profile: Profile | None = None, contact: CrisisContact | None = None
) -> Assessment:
    """Return whether the infusion may start now: the checks at the chair, before the pump runs."""
    return assess(rules.rule_set("start"), facts, profile=profile or load_profile(), contact=contact)
