"""Scores and changes: totals from answers, bands, what a change amounts to, and when safety comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from subside.care.instruments.kinds import Band, ImportantChange, Instrument
from subside.errors import ParameterError, unknown_name

__all__ = ["Change", "Score", "change", "score", "score_from_total"]


@dataclass(frozen=True, kw_only=True)
class Score:
    """The result of one instrument, once.

    Attributes:
        total: None while an answer that counts is missing; nothing is filled in.
        least: The lowest total that the missing answers allow.
        most: The highest.
        missing: Keys of the answers that are missing.
        opens: Urgent paths that an answer opens, whatever the total.
    """

    instrument: str
    total: float | None
    least: float
    most: float
    band: Band | None
    missing: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened between two totals; ``improved`` holds the important changes that it reaches.

    ``percent`` is of the first total, None when that was zero; positive is better.
    """

    instrument: str
    points: float
    percent: float | None
    improved: tuple[ImportantChange, ...]
    worsened: tuple[ImportantChange, ...]


def score(instrument: Instrument, answers: Mapping[str, int | None]) -> Score:
    """Return the score of answers by item key; None or left out is missing, never zero.

    Raises:
        ParameterError: If the items of the instrument may not be shipped, or an answer is out of range.
        UnknownNameError: If an answer belongs to no item.
    """
    if not instrument.items_shipped:
        raise ParameterError(
            f"answers to the items of {instrument.title} are not taken: {instrument.license} "
            f"got {len(answers)} answers. Enter the total with score_from_total()."
        )
    keys = {item.key for item in instrument.items}
    for key in answers:
        if key not in keys:
            raise unknown_name(f"item of {instrument.name}", key, keys)
    given: dict[str, int] = {}
    opens: list[str] = []
    for item in instrument.items:
        value = answers.get(item.key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not item.low <= value <= item.high:
            raise ParameterError(
                f"{item.key} of {instrument.name} must be a whole number from {item.low} to {item.high}; "
                f"got {value!r}. Give the place of the answer in the list, not its label."
            )
        given[item.key] = value
        if item.opens and value > item.low:
            opens.append(item.opens)
    missing = tuple(item.key for item in instrument.scored_items if item.key not in given)
    least = _total(instrument, [given.get(i.key, i.low) for i in instrument.scored_items])
    most = _total(instrument, [given.get(i.key, i.high) for i in instrument.scored_items])
    return Score(
        instrument=instrument.name,
        total=None if missing else least,
        least=least,
        most=most,
        band=None if missing else _band(instrument, least),
        missing=missing,
        opens=tuple(dict.fromkeys(opens)),
    )


def score_from_total(instrument: Instrument, total: float) -> Score:
    """Return the score of a total that was computed elsewhere.

    Raises:
        ParameterError: If the total is outside the range of the instrument.
    """
    if not instrument.low <= total <= instrument.high:
        raise ParameterError(
            f"the total of {instrument.title} must be from {instrument.low:g} to {instrument.high:g}; "
            f"got {total!r}. Check the form and the version of the instrument."
        )
    value = float(total)
    return Score(
        instrument=instrument.name, total=value, least=value, most=value, band=_band(instrument, value)
    )


def change(instrument: Instrument, *, before: float, after: float) -> Change:
    """Return what a change amounts to, by every threshold that a source gives.

    Raises:
        ParameterError: If a total is outside the range, or no direction is better.
    """
    for total in (before, after):
        score_from_total(instrument, total)
    if instrument.better == "neither":
        raise ParameterError(
            f"{instrument.title} has no direction that is better; got a change from {before:g} to {after:g}. "
            "Look at the two values."
        )
    points = before - after if instrument.better == "lower" else after - before
    percent = None if before == 0 else 100.0 * points / before
    return Change(
        instrument=instrument.name,
        points=points,
        percent=percent,
        improved=tuple(c for c in instrument.changes if _reaches(c, points, percent)),
        worsened=tuple(
            c for c in instrument.changes if _reaches(c, -points, None if percent is None else -percent)
        ),
    )


def _reaches(threshold: ImportantChange, points: float, percent: float | None) -> bool:
    """Return whether a change reaches a threshold; a hair of rounding does not decide."""
    if threshold.points is not None:
        return points >= threshold.points - 1e-9
    return percent is not None and percent >= (threshold.percent or 0.0) - 1e-9


def _total(instrument: Instrument, values: list[int]) -> float:
    if instrument.scoring == "mean":
        return sum(values) / len(values)
    return float(max(values) if instrument.scoring == "max" else sum(values))


def _band(instrument: Instrument, total: float) -> Band | None:
    """Return the band of a total; a mean between two bands belongs to the lower one's upper edge."""
    inside = [band for band in instrument.bands if band.low <= total]
    return inside[-1] if inside else None
