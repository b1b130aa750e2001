"""The options that verbs with a simulation share."""

from __future__ import annotations

from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from subside.cli.arguments import Parser, patients, times
from subside.cli.talk import Talk
from subside.errors import MissingExtraError

if TYPE_CHECKING:
    from subside.case import Case

__all__ = ["add_case", "add_run", "load_case", "ready"]


def add_case(parser: Parser) -> None:
    """Add the case file."""
    parser.add_argument("case", metavar="CASE", type=Path, help="a case file (write one: subside case new)")


def add_run(parser: Parser) -> None:
    """Add how many patients and at which times."""
    parser.add_argument(
        "--patients",
        type=patients,
        default=1,
        metavar="N",
        help="simulate N patients like this one; bands then hold the spread between patients too",
    )
    parser.add_argument(
        "--at",
        type=times,
        default=None,
        metavar="TIMES",
        help='times such as "40 min,7 d,12 wk" from the start of the first infusion (negative: before); '
        "default: a grid that is fine during infusions and coarse after, to the end of the case",
    )


def load_case(options: Namespace) -> Case:
    """Return the case that the command names; its mistakes raise ``CaseError``, all in one go."""
    from subside.case import read_case

    return read_case(options.case)


def ready(talk: Talk) -> None:
    """Compile the equations if this machine has not yet, and say so before it happens.

    Raises:
        MissingExtraError: If the solver is not installed; a clinic that only screens does without.
    """
    if find_spec("numba") is None or find_spec("scipy") is None:
        raise MissingExtraError("engine", needed_for="A simulation")
    from subside.engine.kernel.jit import is_warm

    if not is_warm():
        from subside.engine import warmup

        talk.say("First run: compiling the equations for this machine (a few seconds, once) ...")
        warmup()
