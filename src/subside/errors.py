"""The exceptions of Subside.

::

    SubsideError
    ├── CaseError           a case file cannot be used; holds every problem found
    ├── UnknownNameError    a name that nothing carries; suggests the nearest (also a LookupError)
    ├── UnitError           a quantity whose unit or number is not understood (also a ValueError)
    ├── ParameterError      a value outside what a function accepts (also a ValueError)
    ├── ComputationError    a calculation did not succeed (also a RuntimeError)
    └── MissingExtraError   an optional part is not installed (also an ImportError)

Every message says four things: which value, what came, what is accepted, what to do now.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "CaseError",
    "ComputationError",
    "MissingExtraError",
    "ParameterError",
    "Problem",
    "SubsideError",
    "UnitError",
    "UnknownNameError",
    "nearest",
    "unknown_name",
]


class SubsideError(Exception):
    """The base of everything that Subside raises on purpose."""


class UnknownNameError(SubsideError, LookupError):
    """A name that nothing carries. Raise it through ``unknown_name``."""

    def __init__(self, message: str, *, kind: str = "", name: str = "", nearest: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.name = name
        self.nearest = nearest


class UnitError(SubsideError, ValueError):
    """A quantity that cannot be read: its unit is unknown, or its number impossible.

    The parts of the message are kept, so that a case file can add its key and line.
    """

    def __init__(self, message: str, *, got: str = "", accepted: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.got = got
        self.accepted = accepted
        self.remedy = remedy


class ParameterError(SubsideError, ValueError):
    """A value outside what a function accepts."""


class ComputationError(SubsideError, RuntimeError):
    """A calculation that did not succeed; the message says why and for whom."""


class MissingExtraError(SubsideError, ImportError):
    """An optional part of Subside is needed and not installed."""

    def __init__(self, extra: str, *, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the optional part '{extra}', which is not installed. "
            f"Install it with: pip install 'subside[{extra}]'"
        )
        self.extra = extra


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake in a case file.

    Attributes:
        where: The key, as a reader would find it: ``infusion[2].steps[1].rate``.
        got: What stands there now, in a few words.
        accepted: What may stand there.
        remedy: What to do now.
        line: The line of the file, counted from 1; None when there is no one line.
    """

    where: str
    got: str
    accepted: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.where if self.line is None else f"line {self.line}, {self.where}"
        return f"{place}: got {self.got}. Accepted: {self.accepted}. {self.remedy}"


class CaseError(SubsideError, ValueError):
    """A case that cannot be used, with every problem found in it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem], *, origin: str = "case") -> None:
        self.problems = tuple(
            sorted(problems, key=lambda p: (p.line is None, p.line or 0))
        )
        self.origin = origin
        count = len(self.problems)
        head = f"{origin}: {count} mistake{'' if count == 1 else 's'}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that looks most like ``name``, or an empty string when none does."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name.strip().lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Return the error for a name that is not among the known ones, with the nearest of them.

    >>> print(unknown_name("parameter set", "domino1983", ["domino_1984", "kamp_2020"]))
    No parameter set 'domino1983'. Did you mean 'domino_1984'? Known: domino_1984, kamp_2020.
    """
    names = sorted(known)
    suggestion = nearest(name, names)
    parts = [f"No {kind} '{name}'."]
    if suggestion:
        parts.append(f"Did you mean '{suggestion}'?")
    parts.append(f"Known: {', '.join(names)}." if names else "None are known here.")
    return UnknownNameError(" ".join(parts), kind=kind, name=name, nearest=suggestion)
