"""What a published figure is: its value, unit, spread, source, and how well we know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["BASES", "SIZES", "SPREADS", "USES", "WEAK_BASES", "Figure", "Source"]

#: How a figure came to us, and what each word means.
BASES: Final[dict[str, str]] = {
    "read": "read in the source itself (abstract, text, table or code)",
    "retyped": "retyped by a named other work from the source",
    "secondary": "quoted by another work or page; the source itself was not read",
    "recalled": "from memory of the literature; not confirmed",
    "computed": "computed from other figures",
    "digitised": "read off a printed curve",
    "measured": "measured on open data",
    "design": "a choice of this software's design",
    "assumed": "assumed for want of data",
}
#: The bases that a result shows wherever it leans on them.
WEAK_BASES: Final = ("recalled", "design", "assumed")

#: What a figure is for.
USES: Final[dict[str, str]] = {
    "input": "feeds the model",
    "outcome": "is what the model is compared with",
    "context": "explains another figure",
}

#: What ``low`` and ``high`` hold. For the sizes (sd, se, cv_percent, omega2) ``high`` is the size
#: and ``low`` is absent; for the intervals (ci95, iqr, range) they are the two ends.
SPREADS: Final = ("none", "sd", "se", "ci95", "iqr", "range", "cv_percent", "omega2")
SIZES: Final = ("sd", "se", "cv_percent", "omega2")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A work: its key (the study file's name), citation, and DOI or URL."""

    key: str
    citation: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One published (or assumed) number, or a finding in words when ``value`` is None.

    Attributes:
        id: Study and name, such as ``"dahan_2011.c50_chronic_pain"``.
        value: The number, in ``unit``; None for a bare interval or a finding in words.
        low: Lower end of the interval; None for a size (see ``SPREADS``).
        high: Upper end of the interval, or the size of the spread.
        spread: One of ``SPREADS``.
        quantity: What was measured, in words.
        n: Number of people (or cells, or trials) behind it.
        at_h: Time of an endpoint, in h from the start of the first infusion.
        basis: How we know it, one of ``BASES``.
        use: One of ``USES``.
        finding: What was found, for a result that is not a number.
        row: The id of the same figure in the literature table, or "".
        seen_at: Where a secondary figure was read, when not at the source's own address.
    """

    id: str
    quantity: str
    unit: str
    basis: str
    use: str
    source: Source
    value: float | None = None
    low: float | None = None
    high: float | None = None
    spread: str = "none"
    population: str = ""
    n: int | None = None
    dose: str = ""
    at_h: float | None = None
    drug: str = ""
    condition: str = ""
    finding: str = ""
    note: str = ""
    row: str = ""
    seen_at: str = ""

    @property
    def is_weak(self) -> bool:
        """Whether results that lean on this figure must show it."""
        return self.basis in WEAK_BASES

    @property
    def study(self) -> str:
        """The study file that holds the figure."""
        return self.id.partition(".")[0]

    @property
    def size(self) -> float | None:
        """The standard deviation, standard error, CV or variance, or None when it is no such spread."""
        return self.high if self.spread in SIZES else None
