"""Is this regimen within the limits? Drug form, rate, bolus, total, weight and units, and what has added up.

The highest rate, bolus and total of the case are looked at. Exit code 1 unless the verdict is to proceed.
With --predict the model's bounds for pressure, saturation and pain are looked at too; without, none are."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from subside.cli.answer import Answer
from subside.cli.arguments import Parser
from subside.cli.assessing import add_profile, answer_for, profile_of
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from subside.care import Predicted


def add_arguments(parser: Parser) -> None:
    """The case, the site's profile, and whether the model is asked."""
    add_profile(parser)
    parser.add_argument(
        "--predict",
        action="store_true",
        help="look at what the model predicts too: the upper bound of pressure, the lower of saturation",
    )


def run(options: Namespace, talk: Talk) -> Answer:
    """Check the regimen of a case."""
    from subside.care import check_case
    from subside.case import read_case

    case = read_case(options.case)
    predicted: Sequence[Predicted] = ()
    if options.predict:
        from subside.cli.predicting import predictions

        predicted = predictions(case, seed=options.seed, talk=talk)
    found = check_case(case, profile=profile_of(options), predicted=predicted)
    return answer_for(found, case, everything=options.all)
