"""Reading a recorded session: a table of readings and events, every mistake named with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from subside.care.monitoring.moments import Times
from subside.care.monitoring.observation import Observation
from subside.care.monitoring.row import Row, is_about_the_patient, plain, problem, shown
from subside.care.monitoring.rulebook import thresholds
from subside.care.monitoring.threshold import Baseline
from subside.errors import CaseError, MissingExtraError, ParameterError, Problem, nearest

__all__ = ["COLUMNS", "Record", "parse_csv", "parse_rows", "read_table"]

COLUMNS: Final = ("at", "what", "value", "unit", "source", "device", "sequence", "received", "text")
_REQUIRED: Final = ("at", "what", "value")
_MOST_PROBLEMS: Final = 50


@dataclass(frozen=True, kw_only=True)
class Record:
    """One recorded session.

    Attributes:
        observations: In the order of the table, each with its time of arrival.
        baseline: The patient's readings before the infusion, as far as the record holds them.
        zero: The moment at 0 ms, if the record has clock times; None if it counts from its start.
    """

    observations: tuple[Observation, ...]
    baseline: Baseline
    zero: datetime | None = None


def read_table(path: Path) -> Record:
    """Return the record in a CSV or Parquet file.

    Raises:
        CaseError: If it holds mistakes; every one with its line.
        ParameterError: If it cannot be read at all.
        MissingExtraError: If it is Parquet and pyarrow is not installed.
    """
    if path.suffix.lower() == ".parquet":
        return parse_rows(_parquet_rows(path), origin=path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"{path.name} must be text in UTF-8; got a byte that is none at position {error.start}. "
            "Save it as UTF-8, or pass a .parquet file."
        ) from error
    return parse_csv(text, origin=path.name)


def parse_csv(text: str, *, origin: str, header: str = "") -> Record:
    """Return the record in the text of a CSV table. Lines that begin with # are skipped.

    Args:
        text: The table.
        origin: What messages call it.
        header: The names of the columns, if the text has no header of its own.
    """
    written = [(n, line) for n, line in enumerate(text.splitlines(), start=1)]
    lines = [(n, line) for n, line in [(0, header), *written] if line.strip()[:1] not in ("", "#")]
    numbers = [n for n, _ in lines]
    rows = csv.reader((line for _, line in lines), strict=True, skipinitialspace=True)
    found: list[tuple[int, list[str]]] = []
    try:
        for index, row in enumerate(rows):
            found.append((numbers[index], row))
    except csv.Error as error:
        line = numbers[min(len(found), len(numbers) - 1)]
        broken = problem(
            line, "row", f"a row that is no CSV ({error})", "one reading a line", "Mend the quotes."
        )
        raise CaseError([broken], origin=origin) from error
    if not found:
        broken = problem(
            1, "header", "an empty file", "at, what, value, unit, source, device", "Add the header."
        )
        raise CaseError([broken], origin=origin)
    columns = [name.strip().lower() for name in found[0][1]]
    problems = _header_problems(columns, found[0][0])
    if problems:
        raise CaseError(problems, origin=origin)
    dicts: list[tuple[int, Mapping[str, Any]]] = []
    for line, row in found[1:]:
        if len(row) > len(columns):
            accepted = f"{len(columns)}, as in the header"
            problems.append(problem(line, "row", f"{len(row)} cells", accepted, "Quote the commas."))
            continue
        dicts.append((line, dict(zip(columns, row, strict=False))))
    return parse_rows(dicts, origin=origin, problems=problems)


def parse_rows(
    rows: Iterable[tuple[int, Mapping[str, Any]]], *, origin: str, problems: Sequence[Problem] = ()
) -> Record:
    """Return the record in rows of a table, each with its line number.

    Raises:
        CaseError: With every mistake found (the first fifty, and how many more).
    """
    found = list(problems)
    observations: list[Observation] = []
    needs: dict[str, Any] = {}
    times = Times()
    channels = {c.name: c for c in thresholds().channels}
    for number, (line, row) in enumerate(rows, start=1):
        cells = {name: plain(row.get(name)) for name in COLUMNS}
        reader = Row(line=line, cells=cells, channels=channels, found=found)
        what = str(cells["what"])
        if is_about_the_patient(what):
            reader.need(what, needs)
            continue
        observation = reader.observation(number, times)
        if observation is not None:
            observations.append(observation)
    if not observations and not found:
        found.append(problem(1, "rows", "a table without readings", "one reading a row", "Add the readings."))
    if len(found) > _MOST_PROBLEMS:
        more = len(found) - _MOST_PROBLEMS
        found = found[:_MOST_PROBLEMS]
        found.append(problem(None, "rows", f"{more} more mistakes", "none", "Mend these first."))
    if found:
        raise CaseError(found, origin=origin)
    return Record(observations=tuple(observations), baseline=Baseline(**needs), zero=times.zero)


def _parquet_rows(path: Path) -> list[tuple[int, Mapping[str, Any]]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("table", needed_for="Reading a Parquet record") from error
    try:
        table = parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise ParameterError(
            f"{path.name} must be a Parquet table; got one that cannot be read ({error}). "
            "Write it again, or pass a CSV table."
        ) from error
    names = [name.strip().lower() for name in table.column_names]
    problems = _header_problems(names, 1)
    if problems:
        raise CaseError(problems, origin=path.name)
    # Nanoseconds have no Python type; a millisecond is all that counts here.
    for place, column in enumerate(table.schema):
        kind = column.type
        if pyarrow.types.is_timestamp(kind):
            coarse = pyarrow.timestamp("us", tz=kind.tz)
        elif pyarrow.types.is_duration(kind):
            coarse = pyarrow.duration("us")
        else:
            continue
        table = table.set_column(place, column.name, table.column(place).cast(coarse, safe=False))
    rows = table.rename_columns(names).to_pylist()
    return [(number, row) for number, row in enumerate(rows, start=1)]


def _header_problems(header: Sequence[str], line: int) -> list[Problem]:
    found: list[Problem] = []
    for name in header:
        if name not in COLUMNS:
            close = nearest(name, COLUMNS)
            odd = "Separate the cells by commas." if any(c in name for c in ";\t|") else "Remove it."
            hint = f"Did you mean '{close}'?" if close else odd
            found.append(problem(line, "header", f"the column {shown(name)}", ", ".join(COLUMNS), hint))
    found += [
        problem(line, "header", f"no column '{name}'", ", ".join(COLUMNS), "Add it.")
        for name in _REQUIRED
        if name not in header
    ]
    if len(set(header)) < len(header):
        found.append(problem(line, "header", "a column twice", "each column once", "Remove one."))
    return found
