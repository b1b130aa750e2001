"""What an instrument is: its items where they may be shipped, its scoring, range, bands and changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Band", "ImportantChange", "Instrument", "Item"]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question: its wording and the answers it takes, whole numbers from low to high.

    Attributes:
        options: The words for each number, in order; the place in the order is the number, never the label.
        scored: Whether it counts in the total.
        opens: The urgent path that any answer above its lowest opens, or "".
        cluster: The group of symptoms it belongs to, or "".
    """

    key: str
    text: str
    low: int
    high: int
    options: tuple[str, ...] = ()
    low_word: str = ""
    high_word: str = ""
    scored: bool = True
    opens: str = ""
    cluster: str = ""
    loinc: str = ""


@dataclass(frozen=True, kw_only=True)
class Band:
    """A range of totals and what it is called."""

    low: float
    high: float
    label: str
    basis: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportantChange:
    """A change that counts: in points or in percent of before. Sources that differ all stand."""

    label: str
    basis: str
    source: str
    points: float | None = None
    percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One questionnaire, scale or count.

    Attributes:
        scoring: ``sum``, ``mean``, ``max``, ``count`` or ``single``; others are scored by their owner.
        better: Which way is good for the patient.
        items_shipped: Whether its wording may be shown; if not, only a total is accepted.
        items: Empty where the wording may not be shipped.
        note: A trap in scoring, or a limit of its use.
    """

    name: str
    title: str
    domain: str
    low: float
    high: float
    scoring: str
    better: Literal["lower", "higher", "neither"]
    items_shipped: bool
    recall: str
    license: str
    source: str
    address: str
    basis: str
    stem: str = ""
    note: str = ""
    items: tuple[Item, ...] = ()
    bands: tuple[Band, ...] = ()
    changes: tuple[ImportantChange, ...] = ()
    loinc: Mapping[str, str] = field(default_factory=dict)

    @property
    def scored_items(self) -> tuple[Item, ...]:
        """The items that count in the total."""
        return tuple(item for item in self.items if item.scored)
