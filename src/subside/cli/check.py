"""Is this regimen within the limits? Drug form, rate, bolus, total, weight and units, and what has added up.

The highest rate, bolus and total of the case are looked at. Exit code 1 unless the verdict is to proceed.
Predictions are not made here: subside simulate makes them."""

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
    """Check the regimen of a case."""
    from subside.care import check_case
    from subside.case import read_case

    case = read_case(options.case)
    found = check_case(case, profile=profile_of(options))
    return answer_for(found, case, everything=options.all)
