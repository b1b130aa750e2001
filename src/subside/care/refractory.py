"""Refractoriness: which standard treatments were really tried, and what that amounts to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from subside.care.facts import RULES_FOLDER
from subside.care.logic import Truth

__all__ = ["Refractoriness", "Tried", "refractoriness"]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One earlier treatment as reported.

    Attributes:
        name: Drug or kind of treatment.
        weeks: How long it was taken; None when not known.
        stopped_for: Why it ended, in the words of the record; "" when not known or still going on.
        dose: As reported; shown, not judged.
    """

    name: str
    weeks: float | None = None
    stopped_for: str = ""
    dose: str = ""


@dataclass(frozen=True, kw_only=True)
class Refractoriness:
    """What earlier treatments amount to.

    Attributes:
        refractory: Yes when enough classes failed, no when they did not, None while a record is incomplete.
        failed: The classes that count as tried and failed.
        unclear: What would count if dose, duration or reason were known.
        why: One line for people.
    """

    refractory: Truth
    failed: tuple[str, ...]
    unclear: tuple[str, ...]
    why: str


def refractoriness(tried: Iterable[Tried] | None) -> Refractoriness:
    """Return whether the pain is refractory to standard treatment, and why.

    Two classes have to have failed: stopped for harm, or stopped for no benefit after four weeks
    (a procedure: once). Basis: design.

    Args:
        tried: Earlier treatments; None when they are not known.
    """
    table = _table()
    if tried is None:
        return Refractoriness(
            refractory=None, failed=(), unclear=(), why="earlier treatments are not recorded"
        )
    failed: dict[str, None] = {}
    unclear: dict[str, None] = {}
    for treatment in tried:
        kind = _class_of(treatment.name)
        counts = _counts(treatment, kind)
        if counts is None:
            unclear[kind] = None
        elif counts:
            failed[kind] = None
    maybe = [kind for kind in unclear if kind not in failed]
    needed = int(table["needed"])
    if len(failed) >= needed:
        answer: Truth = True
    else:
        answer = None if len(failed) + len(maybe) >= needed else False
    why = f"{len(failed)} of {needed} classes failed"
    if failed:
        why += f" ({', '.join(_shown(kind) for kind in failed)})"
    if maybe:
        why += f"; unclear: {', '.join(_shown(kind) for kind in maybe)} (dose, duration or reason missing)"
    return Refractoriness(refractory=answer, failed=tuple(failed), unclear=tuple(maybe), why=why)


def _counts(treatment: Tried, kind: str) -> Truth:
    """Return whether a treatment counts as tried and failed; None while its record is incomplete."""
    table = _table()
    reason = treatment.stopped_for.strip().lower()
    if not reason:
        return None
    if any(word in reason for word in table["harm"]):
        return True
    if not any(word in reason for word in table["no_benefit"]):
        return False
    if kind in ("block", "stimulation"):
        return True
    if treatment.weeks is None:
        return None
    return treatment.weeks >= float(table["long_enough_weeks"])


def _class_of(name: str) -> str:
    """Return the class of a treatment; one that is not known stands for itself."""
    bare = " ".join(name.strip().lower().replace("_", " ").split())
    for kind, names in _table()["class"].items():
        if bare == kind.replace("_", " ") or bare in names:
            return str(kind)
    for kind, names in _table()["class"].items():
        if any(known in bare for known in names if len(known) > 4):
            return str(kind)
    return bare


def _shown(kind: str) -> str:
    return kind.replace("_", " ")


@cache
def _table() -> Mapping[str, Any]:
    text = (RULES_FOLDER / "prior_treatments.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
