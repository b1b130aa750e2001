"""What a result rests on: its figures by source, and the weak ones apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from subside.evidence.kinds import BASES, Figure, Source
from subside.evidence.library import figure

__all__ = ["Cited", "Footing", "cite"]


@dataclass(frozen=True, kw_only=True)
class Cited:
    """One source and the figures that come from it, in the order of their ids."""

    source: Source
    figures: tuple[Figure, ...]


@dataclass(frozen=True, kw_only=True)
class Footing:
    """What a result rests on.

    Attributes:
        sources: Each source once, by citation, with its figures; weak figures are among them.
        weak: The figures that are recalled, design or assumed, by id.
        counts: How many figures have each basis, in the order of ``BASES``; no zeros.
    """

    sources: tuple[Cited, ...]
    weak: tuple[Figure, ...]
    counts: dict[str, int]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, source by source."""
        return tuple(one for cited in self.sources for one in cited.figures)

    def rows(self) -> list[dict[str, object]]:
        """Return one plain row a figure, for JSON and tables."""
        return [_row(one) for one in self.figures]


def cite(ids: Iterable[str]) -> Footing:
    """Return what stands behind these figures, grouped by source, weak ones apart.

    Args:
        ids: Figure ids, in any order; repeats count once.

    Raises:
        UnknownNameError: If an id is not in the evidence.

    >>> footing = cite(["dahan_2011.half_life_on_off", "assumptions.rebound", "dahan_2011.half_life_on_off"])
    >>> [cited.source.key for cited in footing.sources], [one.id for one in footing.weak]
    (['dahan_2011', 'assumptions'], ['assumptions.rebound'])
    """
    found = {one.id: one for one in map(figure, ids)}
    groups: dict[str, list[Figure]] = {}
    for name in sorted(found):
        groups.setdefault(found[name].study, []).append(found[name])
    sources = [Cited(source=those[0].source, figures=tuple(those)) for those in groups.values()]
    counts = {basis: sum(one.basis == basis for one in found.values()) for basis in BASES}
    return Footing(
        sources=tuple(sorted(sources, key=lambda cited: (not cited.source.address, cited.source.citation))),
        weak=tuple(found[name] for name in sorted(found) if found[name].is_weak),
        counts={basis: count for basis, count in counts.items() if count},
    )


def _row(one: Figure) -> dict[str, object]:
    """Return a figure as a plain row."""
    return {
        "id": one.id,
        "quantity": one.quantity,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "spread": one.spread,
        "unit": one.unit,
        "finding": one.finding,
        "basis": one.basis,
        "use": one.use,
        "weak": one.is_weak,
        "citation": one.source.citation,
        "address": one.source.address,
        "seen_at": one.seen_at,
        "note": one.note,
    }
