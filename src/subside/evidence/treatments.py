"""What a patient may be told of each treatment: where it acts, what was found, how sure, what lasts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from subside.errors import ParameterError, unknown_name
from subside.evidence.kinds import BASES, Figure
from subside.evidence.library import figure

__all__ = ["PLACES", "HeadToHead", "TreatmentFacts", "head_to_head", "treatment_facts", "treatments_known"]

#: Along the way of pain, from where it hurts to where it is felt.
PLACES: Final = ("nerve_endings", "spinal_cord", "brain_stem", "brain")
_ACTS: Final = ("mainly", "also", "no")
_FILE: Final = Path(__file__).with_name("treatments.toml")
_TEXTS: Final = ("label", "example", "how", "lasts", "trials", "certainty_words")


@dataclass(frozen=True, kw_only=True)
class TreatmentFacts:
    """One treatment in plain words.

    Attributes:
        acts: By place (``PLACES``): ``mainly``, ``also`` or ``no``.
        how: What it does. ``lasts``: what is left when it stops. ``trials``: what trials found.
        certainty: 0 (not known) to 4 (sure), in our reading of the reviewers' grade.
        certainty_basis: How that is known, one of ``BASES``.
        figures: The numbers behind the words.
        points: The difference of pain from placebo in trials, where there is one: middle, low and
            high in points of 10, less pain being negative; None where trials print none.
        points_words: What that difference belongs to.
    """

    name: str
    label: str
    example: str
    acts: Mapping[str, str]
    how: str
    lasts: str
    trials: str
    certainty: int
    certainty_words: str
    certainty_basis: str
    figures: tuple[Figure, ...]
    points: tuple[float, float, float] | None
    points_words: str


@dataclass(frozen=True, kw_only=True)
class HeadToHead:
    """What is and is not known of these treatments against one another."""

    statement: str
    looked_at: str
    single_dose: str
    so: str
    figures: tuple[Figure, ...]


def treatment_facts(name: str) -> TreatmentFacts:
    """Return what may be said of a treatment, by the name of its arm.

    Raises:
        UnknownNameError: If nothing is known of it; suggests the nearest.

    >>> treatment_facts("nsaid").acts["nerve_endings"]
    'mainly'
    """
    table = _table()
    if name not in treatments_known():
        raise unknown_name("treatment", name, treatments_known())
    return _facts(name, table[name])


def treatments_known() -> tuple[str, ...]:
    """Return the treatments of which something may be said, in the order of the file."""
    return tuple(key for key, item in _table().items() if isinstance(item, dict) and "acts" in item)


def head_to_head() -> HeadToHead:
    """Return what is known of these treatments against one another: nearly nothing."""
    raw = _table()["head_to_head"]
    return HeadToHead(**{**raw, "figures": tuple(figure(one) for one in raw["figures"])})


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _facts(name: str, raw: dict[str, Any]) -> TreatmentFacts:
    """Return one treatment of the file, checked."""
    wrong = [key for key in _TEXTS if not raw.get(key)]
    wrong += [place for place in PLACES if raw["acts"].get(place) not in _ACTS]
    wrong += [] if raw["certainty_basis"] in BASES else ["certainty_basis"]
    wrong += [] if raw["certainty"] in range(5) else ["certainty"]
    if wrong:
        raise ParameterError(
            f"evidence/treatments.toml, {name}: got nothing or a wrong word for {', '.join(wrong)}. "
            f"Accepted: all of {', '.join(_TEXTS)}; {', '.join(_ACTS)} for each place; a certainty of 0 to 4. "
            "Complete it."
        )
    return TreatmentFacts(
        name=name,
        acts=MappingProxyType(dict(raw["acts"])),
        certainty=raw["certainty"],
        certainty_basis=raw["certainty_basis"],
        figures=tuple(figure(one) for one in raw["figures"]),
        points=_points(raw),
        points_words=raw.get("points_words", ""),
        **{key: raw[key] for key in _TEXTS},
    )


def _points(raw: dict[str, Any]) -> tuple[float, float, float] | None:
    """Return the difference of pain in points of 10, from a figure on its own scale."""
    if "points" not in raw:
        return None
    found = figure(raw["points"])
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    scale = raw["points_scale"]
    return found.value * scale, found.low * scale, found.high * scale
