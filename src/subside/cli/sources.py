"""What a run rests on: figure ids of a course as sources for programs, readers and the report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from subside.units import show_number

if TYPE_CHECKING:
    from subside.evidence import Figure, Footing

__all__ = ["figure_words", "footing_of", "source_rows"]


def footing_of(ids: Iterable[str]) -> tuple[Footing, list[str]]:
    """Return what stands behind these figure ids, and the ids that are no figure but a plain text."""
    from subside.errors import UnknownNameError
    from subside.evidence import cite, figure

    known, plain = [], []
    for name in dict.fromkeys(ids):
        try:
            figure(name)
        except UnknownNameError:
            plain.append(name)
        else:
            known.append(name)
    return cite(known), plain


def source_rows(ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return one row a source for the JSON envelope: citation, address, its figures, the weak among them."""
    footing, plain = footing_of(ids)
    rows: list[dict[str, Any]] = [
        {
            "key": cited.source.key,
            "citation": cited.source.citation,
            "address": cited.source.address,
            "figures": [one.id for one in cited.figures],
            "weak": [one.id for one in cited.figures if one.is_weak],
        }
        for cited in footing.sources
    ]
    rows += [{"key": text, "citation": text, "address": "", "figures": [], "weak": []} for text in plain]
    return rows


def figure_words(one: Figure) -> str:
    """Return a figure in a few words: ``central volume of S-ketamine, 11.6 L/70 kg``."""
    if one.value is not None:
        return f"{one.quantity}, {show_number(one.value)} {_unit(one.unit)}".rstrip()
    if one.low is not None and one.high is not None:
        return f"{one.quantity}, {show_number(one.low)} to {show_number(one.high)} {_unit(one.unit)}".rstrip()
    return f"{one.quantity}: {one.finding}" if one.finding else one.quantity


def _unit(unit: str) -> str:
    return "" if unit in ("1", "-") else unit
