"""What guideline makers and reviewers concluded about a condition, side by side."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from subside.errors import ParameterError, unknown_name
from subside.evidence.kinds import BASES, Figure, Source
from subside.evidence.library import figure

__all__ = ["Leaning", "Verdict", "verdict_conditions", "verdicts"]

Leaning = Literal["for", "unclear", "against"]

_FILE: Final = Path(__file__).with_name("verdicts.toml")
_TEXTS: Final = (
    "by",
    "about",
    "strength",
    "leaning",
    "grade",
    "certainty",
    "statement",
    "regimen",
    "basis",
    "seen_at",
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One conclusion on intravenous ketamine for a condition.

    Attributes:
        by: Who concluded, in a few words.
        about: What the conclusion is about; may be wider than the condition asked for.
        strength: Their word for the evidence.
        leaning: Which way it points, in our word, so that a disagreement can be said.
        grade: Their grade of recommendation, or "none".
        certainty: Their certainty of evidence, or "none".
        statement: The conclusion in one or two sentences of our own.
        regimen: What they looked at.
        figures: The numbers behind it, where these are in the evidence.
        basis: How we know it, one of ``BASES``.
        seen_at: Where it was read.
    """

    source: Source
    by: str
    year: int
    about: str
    strength: str
    leaning: Leaning
    grade: str
    certainty: str
    statement: str
    regimen: str
    figures: tuple[Figure, ...]
    basis: str
    seen_at: str


def verdicts(condition: str) -> tuple[Verdict, ...]:
    """Return the conclusions on a condition: the consensus of 2018, then the Cochrane review of 2025.

    Args:
        condition: A condition as a case file names it; ``"chronic_pain"`` for pain not named.

    Returns:
        Two verdicts for every chronic pain; none for depression, stress, healthy people, acute pain.

    Raises:
        UnknownNameError: If the condition is not known; suggests the nearest.

    >>> [f"{one.year}: {one.strength}" for one in verdicts("complex_regional_pain_syndrome")]
    ['2018: moderate', '2025: no clear evidence of benefit']
    """
    table = _by_condition()
    if condition not in table:
        raise unknown_name("condition", condition, table)
    return table[condition]


def verdict_conditions() -> tuple[str, ...]:
    """Return the conditions that ``verdicts`` knows, sorted."""
    return tuple(sorted(_by_condition()))


@cache
def _by_condition() -> dict[str, tuple[Verdict, ...]]:
    """Return the verdicts of each condition, oldest first."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    sources = {key: Source(key=key, **table) for key, table in data["sources"].items()}
    found: dict[str, list[Verdict]] = {name: [] for name in data["no_verdict"]["conditions"]}
    for table in data["verdict"]:
        verdict = _verdict(table, sources)
        for condition in table["conditions"]:
            found.setdefault(condition, []).append(verdict)
    return {name: tuple(sorted(those, key=lambda one: one.year)) for name, those in found.items()}


def _verdict(table: dict[str, Any], sources: dict[str, Source]) -> Verdict:
    """Return one verdict of the file, checked."""
    missing = [key for key in _TEXTS if not table.get(key)]
    wrong = (
        missing
        or table["basis"] not in BASES
        or table["leaning"] not in get_args(Leaning)
        or table.get("source") not in sources
    )
    if wrong:
        raise ParameterError(
            f"evidence/verdicts.toml, {table.get('source', '?')} on {table.get('about', '?')}: got "
            f"{', '.join(missing) or 'a wrong basis, leaning or source'}. "
            f"Accepted: all of {', '.join(_TEXTS)}, with a known basis, leaning and source. Complete it."
        )
    return Verdict(
        source=sources[table["source"]],
        year=table["year"],
        figures=tuple(figure(name) for name in table.get("figures", ())),
        **{key: table[key] for key in _TEXTS},
    )
