"""May ketamine be planned for this person? A verdict with every reason, the value seen and its source.

For the eyes of a clinician. Unknown never passes as no: an incomplete record gets the shortest list of
questions that could settle it. Exit code 1 unless the verdict is to proceed."""

from __future__ import annotations

from argparse import Namespace

from subside.cli.answer import Answer
from subside.cli.arguments import Parser
from subside.cli.assessing import add_profile, answer_for, profile_of
from subside.cli.talk import Talk


def add_arguments(parser: Parser) -> None:
    """The case, and the site's profile."""
    add_profile(parser)


def run(options: Namespace, talk: Talk) -> Answer:
    """Screen the person of a case."""
    from subside.care import facts_from_case, prior_treatments, published_benefit, screen
    from subside.case import read_case

    case = read_case(options.case)
    found = screen(
        facts_from_case(case),
        profile=profile_of(options),
        benefit=published_benefit(case.patient.condition),
        refractoriness=prior_treatments(case),
    )
    return answer_for(found, case, everything=options.all)
