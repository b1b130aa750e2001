"""Reading the words of a command: a parser that answers a mistake with one clear line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from subside.errors import SubsideError, nearest

__all__ = [
    "MAX_PATIENTS",
    "MAX_SEED",
    "Parser",
    "WrongCallError",
    "add_common",
    "folder",
    "patients",
    "seed",
    "times",
    "whole_number",
]

MAX_SEED = 2**63 - 1
MAX_PATIENTS = 1_000_000


class WrongCallError(SubsideError):
    """The command line itself is wrong; one line says what to type instead."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises ``WrongCallError`` instead of printing its usage and leaving."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("allow_abbrev", False)  # a script must not depend on a guess
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**settings)

    def error(self, message: str) -> NoReturn:
        text = self._with_hint(message)
        stop = "" if text.endswith("?") else "."
        raise WrongCallError(f"{self.prog}: {text}{stop} See: {self.prog} --help")

    def _with_hint(self, message: str) -> str:
        unknown = re.search(r"unrecognized arguments: (\S+)", message)
        if unknown:
            known = [name for action in self._actions for name in action.option_strings]
            close = nearest(unknown[1].split("=")[0], known)
            return f"unknown argument {unknown[1]!r}" + (f"; did you mean {close}?" if close else "")
        choice = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        if choice:
            names = [name.strip(" '") for name in choice[2].split(",")]
            close = nearest(choice[1], names)
            hint = f"; did you mean {close!r}?" if close else ""
            return f"{choice[1]!r} is not one of {', '.join(names)}{hint}"
        return message


def add_common(parser: argparse.ArgumentParser, *, below: bool = False) -> None:
    """Add what every verb has; ``below``: to an action of a verb, where the verb's own may stand too."""
    unset: Any = argparse.SUPPRESS  # or an action's default would undo what stands before the action
    parser.add_argument(
        "--json",
        action="store_true",
        default=unset if below else False,
        help="print one JSON document instead of text",
    )
    parser.add_argument(
        "--seed",
        type=seed,
        default=unset if below else 1,
        metavar="S",
        help="key of the random streams (default 1)",
    )


def _reader(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Let argparse name the option, and our own message say what is wrong with its value."""

    def wrapped(text: str) -> Any:
        try:
            return read(text)
        except (SubsideError, ValueError) as error:
            raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None

    return wrapped


def _whole_number(text: str, *, low: int, high: int, example: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,30}", text) or not low <= int(text) <= high:
        raise ValueError(f"must be a whole number from {low} to {high}; got {text!r}. Try {example}")
    return int(text)


def whole_number(*, low: int, high: int, example: str) -> Callable[[str], int]:
    """Return a reader of whole numbers in a range, for an option's ``type``."""
    return _reader(lambda text: _whole_number(text, low=low, high=high, example=example))


@_reader
def seed(text: str) -> int:
    """Return a seed."""
    return _whole_number(text, low=0, high=MAX_SEED, example="--seed 1")


@_reader
def patients(text: str) -> int:
    """Return a number of patients."""
    return _whole_number(text, low=1, high=MAX_PATIENTS, example="--patients 1000")


@_reader
def folder(text: str) -> Path:
    """Return a folder's path; an empty text is a variable that was not set, not the folder one is in."""
    if not text.strip() or "\0" in text:
        raise ValueError(f"must be the name of a folder; got {text!r}. Try --out results")
    return Path(text)


@_reader
def times(text: str) -> Sequence[float]:
    """Return times in h, rising, without repeats."""
    from subside.units import parse_times_h

    return tuple(sorted(set(parse_times_h(text))))
