"""The shortest list of questions that could settle an assessment, computed exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

__all__ = ["shortest"]

#: Branches looked at before the search settles for the best list so far.
_BUDGET: Final = 50_000


def shortest(
    requirements: Sequence[Sequence[frozenset[str]]], *, order: Callable[[str], int]
) -> tuple[str, ...]:
    """Return the smallest set that holds at least one option of every requirement, in asking order.

    Args:
        requirements: For each open rule, the sets of questions of which one would be enough. A
            requirement without options cannot be met by asking and is passed over.
        order: The place of a question in the interview; among sets of one size the earliest wins, so
            that the same record always asks the same.

    Returns:
        A smallest set. Beyond ``_BUDGET`` branches, the best set found.
    """

    def places(option: frozenset[str]) -> list[int]:
        return sorted(order(name) for name in option)

    open_ones = [list(options) for options in requirements if options and frozenset() not in options]
    # What has one option is not a choice: take it first, it may meet others.
    chosen = frozenset().union(*(options[0] for options in open_ones if len(options) == 1))
    rest = sorted(
        (options for options in open_ones if not _met(options, chosen)),
        key=lambda options: (len(options), [places(option) for option in options]),
    )
    best: frozenset[str] | None = None
    budget = _BUDGET

    def search(have: frozenset[str], left: Sequence[Sequence[frozenset[str]]]) -> None:
        nonlocal best, budget
        budget -= 1
        if best is not None and (budget < 0 or len(have) > len(best)):
            return
        left = [options for options in left if not _met(options, have)]
        if not left:
            if best is None or (len(have), places(have)) < (len(best), places(best)):
                best = have
            return
        for option in sorted(left[0], key=lambda o: (len(o - have), places(o))):
            search(have | option, left[1:])

    search(chosen, rest)
    return tuple(sorted(best if best is not None else chosen, key=order))


def _met(options: Sequence[frozenset[str]], have: frozenset[str]) -> bool:
    return any(option <= have for option in options)
