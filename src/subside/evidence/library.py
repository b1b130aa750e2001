"""Asking for a figure by name. Study files are read on first use, once, and only those asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from subside.errors import ParameterError, unknown_name
from subside.evidence.kinds import USES, Figure
from subside.evidence.reading import parse_study

__all__ = ["by_row", "figure", "figures", "studies", "value"]

_FOLDER: Final = Path(__file__).with_name("figures")


@cache
def studies() -> tuple[str, ...]:
    """Return the names of all study files, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def figure(figure_id: str) -> Figure:
    """Return the figure with this id, such as ``"dahan_2011.c50_chronic_pain"``.

    Raises:
        UnknownNameError: If there is no such study, or no such figure in it; suggests the nearest.
    """
    study = figure_id.partition(".")[0]
    if study not in studies():
        raise unknown_name("study", study, studies())
    found = _study(study)
    if figure_id not in found:
        raise unknown_name("figure", figure_id, found)
    return found[figure_id]


def value(figure_id: str, *, unit: str) -> float:
    """Return the number of a figure, when it is in this unit.

    Args:
        figure_id: Study and name.
        unit: The unit that the caller computes in; nothing is converted.

    Raises:
        UnknownNameError: If there is no such figure.
        ParameterError: If the figure has another unit, or no value.
    """
    found = figure(figure_id)
    if found.unit != unit:
        raise ParameterError(
            f"figure '{figure_id}' is asked for in '{unit}'; it is in '{found.unit}'. "
            f"Ask for unit='{found.unit}' and convert the number in subside.units."
        )
    if found.value is None:
        what = found.finding or f"{found.low} to {found.high}"
        raise ParameterError(
            f"figure '{figure_id}' has no single value; it holds '{what}'. "
            f"Use figure('{figure_id}') and its low, high or finding."
        )
    return found.value


def figures(*, use: str | None = None, study: str | None = None) -> tuple[Figure, ...]:
    """Return all figures, or those of one use or one study, in the order of the files.

    Raises:
        UnknownNameError: If there is no such use or study.
    """
    if use is not None and use not in USES:
        raise unknown_name("use", use, USES)
    if study is not None and study not in studies():
        raise unknown_name("study", study, studies())
    chosen = studies() if study is None else (study,)
    return tuple(
        found for name in chosen for found in _study(name).values() if use is None or found.use == use
    )


def by_row(row: str) -> Figure:
    """Return the figure that stands under this id in the literature table, such as ``"E099a"``.

    Raises:
        UnknownNameError: If no study file holds it.
    """
    # Only files that mention the row are parsed: reading text is quick, parsing all of it is not.
    for name in studies():
        if f'"{row}"' in _text(name):
            for found in _study(name).values():
                if found.row == row:
                    return found
    raise unknown_name("literature row", row, [found.row for found in figures() if found.row])


@cache
def _text(study: str) -> str:
    """Return the text of a study file."""
    return (_FOLDER / f"{study}.toml").read_text(encoding="utf-8")


@cache
def _study(study: str) -> dict[str, Figure]:
    """Return the figures of a study file by id."""
    return parse_study(_text(study), study=study)
