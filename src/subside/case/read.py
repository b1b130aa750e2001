"""Case files read: every mistake of a file is found in one go, with its key and its line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from os import PathLike
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from subside.case.case import Case, dotted
from subside.case.explain import Found, found_in
from subside.case.infusion import TIMES_ONLY, Infusion
from subside.case.positions import Path, line_of, positions
from subside.case.quantities import Flaw
from subside.case.resolve import overlap_flaws, weight_flaws
from subside.case.source import read_text, tables
from subside.errors import CaseError, Problem

__all__ = ["parse_case", "read_case"]

_KEYS_OF_TIME = ("start", "for", "over", "every", "count", "series", "steps", "policy", "bolus")


def read_case(path: str | PathLike[str]) -> Case:
    """Return the case that a file holds.

    Raises:
        CaseError: If the file cannot be read or has mistakes; it holds all of them.
    """
    file = FilePath(path)
    return parse_case(read_text(file), origin=str(path))


def parse_case(text: str, *, origin: str = "case") -> Case:
    """Return the case that a TOML text holds.

    Args:
        text: The content of a case file.
        origin: What messages call it, such as the file's path.

    Raises:
        CaseError: If the text has mistakes; it holds all of them, in the order of the text.
    """
    raw, readable, problems = tables(text)
    if not raw and not problems:
        problems.append(
            Problem(
                where="file",
                got="no key at all",
                accepted="a case: title, [patient], [[infusion]] and so on",
                remedy="'subside case new FILE' writes a first one.",
            )
        )
    if raw:
        case, found = _validated(_frozen(raw), partial=bool(problems))
        lines = positions(readable)
        problems += [_problem(mistake, lines) for mistake in found]
        if case is not None and not problems:
            return case
    raise CaseError(problems, origin=origin)


def _validated(raw: dict[str, Any], *, partial: bool) -> tuple[Case | None, list[Found]]:
    """Return the case, or None, and every mistake; ``partial``: lines were left out of the text."""
    case, found = _table(Case, raw, ())
    if partial:
        # What seems to be missing may have stood on a line that was left out.
        found = [m for m in found if m.kind != "missing" and (m.kind != "flaw" or m.compares)]
    if not isinstance(raw.get("format", 1), int) or raw.get("format", 1) != 1:
        # Written for another format: what else seems wrong may be right there.
        found = [mistake for mistake in found if mistake.path == ("format",)]
        return None, found
    infusions, weight_kg = _salvaged(raw, found)
    flaws: list[Flaw] = list(overlap_flaws(infusions))
    if weight_kg is not None:
        flaws += weight_flaws(infusions, weight_kg=weight_kg)
    spoiled = {mistake.path[:2] for mistake in found if mistake.kind != "extra"}
    found += [
        Found(flaw.at, flaw.got, flaw.accepted, flaw.remedy, kind="flaw")
        for flaw in flaws
        if not (flaw.compares and flaw.at[:2] in spoiled)
    ]
    return (case if not found else None), found


def _table(model: type[BaseModel], raw: Any, at: Path) -> tuple[Any, list[Found]]:
    """Return a table validated, and its mistakes, those that show only once others are mended."""
    try:
        return _validate(model, raw), []
    except ValidationError as error:
        found = list(found_in(error, model, at))
    # A required key that is there, only misspelled, is not missing as well.
    meant = {(*m.path[:-1], m.meant): m.path for m in found if m.meant}
    found = [m for m in found if not (m.kind == "missing" and m.path in meant)]
    try:
        _validate(model, _mended(raw, found, len(at)))
    except ValidationError as error:
        found += _shown_by_mending(list(found_in(error, model, at)), found, meant)
    return None, found


def _shown_by_mending(later: list[Found], before: list[Found], meant: dict[Path, Path]) -> Iterator[Found]:
    """Yield the mistakes that show once others are mended, and are not made by mending."""
    known = {mistake.path for mistake in before}
    touched = {mistake.path[:-1] for mistake in before if mistake.kind != "extra"}
    for mistake in later:
        renamed = next((key for key in meant if mistake.path[: len(key)] == key), None)
        if mistake.path in known or (mistake.kind != "flaw" and renamed is None):
            continue
        if mistake.compares and any(_within(mistake.path, table) for table in touched):
            continue
        if renamed is not None:
            mistake.written_at = (*meant[renamed], *mistake.path[len(renamed) :])
        yield mistake


def _within(path: Path, table: Path) -> bool:
    return path[: len(table)] == table or table[: len(path)] == path


def _validate(model: type[BaseModel], raw: Any, *, context: Any = None) -> Any:
    return model.model_validate(raw, by_alias=True, by_name=False, context=context)


def _salvaged(raw: dict[str, Any], found: list[Found]) -> tuple[list[tuple[int, Infusion]], float | None]:
    """Return the infusions and the weight that can be used to look for overlaps."""
    infusions: list[tuple[int, Infusion]] = []
    listed = raw.get("infusion", ())
    for place, table in enumerate(listed if isinstance(listed, tuple) else ()):
        inside = [mistake for mistake in found if mistake.path[:2] == ("infusion", place)]
        if any(_spoils_times(mistake) for mistake in inside):
            continue
        try:
            mended = _mended(table, inside, 2)
            infusions.append((place, _validate(Infusion, mended, context=TIMES_ONLY)))
        except ValidationError:
            continue
    patient = raw.get("patient")
    weight = patient.get("weight_kg") if isinstance(patient, dict) else None
    usable = (
        isinstance(weight, int | float)
        and not isinstance(weight, bool)
        and not any(mistake.path == ("patient", "weight_kg") for mistake in found)
    )
    return infusions, float(weight) if usable and weight is not None else None


def _spoils_times(mistake: Found) -> bool:
    """Return whether, with this mistake, it is not known when an infusion runs."""
    if mistake.kind == "extra" or mistake.stand_in is not None:
        return False
    return len(mistake.path) == 2 or mistake.path[-1] in _KEYS_OF_TIME


def _mended(raw: Any, found: list[Found], depth: int) -> Any:
    """Return a copy of a table with misspelled keys put right and harmless values for refused ones."""
    for mistake in found:
        if mistake.kind == "extra":
            path = mistake.path[depth:]
            value = _get(raw, path)
            raw = _put(raw, path, None)
            if mistake.meant and _get(raw, (*path[:-1], mistake.meant)) is None:
                raw = _put(raw, (*path[:-1], mistake.meant), value)
        elif mistake.stand_in is not None:
            raw = _put(raw, mistake.path[depth:], mistake.stand_in)
    return raw


def _get(raw: Any, path: Path) -> Any:
    """Return a value of nested tables and lists; None when it is not there."""
    for part in path:
        if isinstance(raw, dict):
            raw = raw.get(part)
        elif isinstance(raw, tuple) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            return None
    return raw


def _put(raw: Any, path: Path, value: Any) -> Any:
    """Return a copy of nested tables and lists with one value set, or its key removed for None."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(raw, dict):
        copy = dict(raw)
        if not rest and value is None:
            copy.pop(head, None)
        else:
            copy[head] = _put(raw.get(head), rest, value)
        return copy
    if isinstance(raw, tuple) and isinstance(head, int) and head < len(raw):
        return (*raw[:head], _put(raw[head], rest, value), *raw[head + 1 :])
    return value if not rest else raw


def _frozen(value: Any) -> Any:
    """Return TOML values with lists as tuples, which is what the frozen types hold.

    Whole numbers beyond 64 bits become doubles (or infinite): nothing here counts that far, and a
    comparison with a double would overflow.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return float(value) if abs(value) < 2**1023 else math.inf
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _problem(mistake: Found, lines: dict[Path, int]) -> Problem:
    return Problem(
        where=dotted(mistake.written_at),
        got=mistake.got,
        accepted=mistake.accepted,
        remedy=mistake.remedy,
        line=line_of(mistake.written_at, lines),
    )
