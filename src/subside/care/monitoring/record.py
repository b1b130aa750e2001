"""Reading a recorded session: a table of readings and events, every mistake named with its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from subside.care.monitoring.observation import EVENTS, Observation
from subside.care.monitoring.rulebook import thresholds
from subside.care.monitoring.threshold import Baseline, Channel
from subside.errors import CaseError, MissingExtraError, ParameterError, Problem, UnitError, nearest
from subside.units import parse_duration_h

__all__ = ["COLUMNS", "Record", "elapsed_ms", "parse_csv", "parse_rows", "read_table"]

COLUMNS: Final = ("at", "what", "value", "unit", "source", "device", "sequence", "received", "text")
_REQUIRED: Final = ("at", "what", "value")
_MOST_PROBLEMS: Final = 50

#: Spellings of the unit of a channel that mean the same; anything else is refused.
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "%": ("%", "percent"),
    "/min": ("/min", "1/min", "bpm", "beat/min", "{beat}/min", "beats/min", "breath/min", "{breath}/min"),
    "mmHg": ("mmHg", "mm[Hg]"),
    "degC": ("degC", "Cel", "°C"),
    "s": ("s",),
    "mg/h": ("mg/h",),
    "L/min": ("L/min",),
    "times": ("times", ""),
}
_EVENT_UNITS: Final = {
    "infusion_start": "mg/h",
    "infusion_resume": "mg/h",
    "rate_change": "mg/h",
    "oxygen_on": "L/min",
}
_TEXT_EVENTS: Final = ("ack", "check_done", "channel_off", "channel_on", "device_off")
_BASELINE: Final = {
    f"baseline_{f.name}": f.name
    for f in fields(Baseline)
    if f.name not in ("capnography", "news2_spo2_scale")
}
_NEEDS: Final = ("capnography_needed", "news2_spo2_scale")
_CLOCK: Final = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d(?:\.\d{1,3})?)")
_PARTS: Final = re.compile(r"\s*([\d.]+\s*[a-z]+)")


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


def parse_csv(text: str, *, origin: str) -> Record:
    """Return the record in the text of a CSV table with a header. Lines that begin with # are skipped."""
    lines = [
        (n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()[:1] not in ("", "#")
    ]
    numbers = [n for n, _ in lines]
    rows = csv.reader((line for _, line in lines), strict=True, skipinitialspace=True)
    found: list[tuple[int, list[str]]] = []
    try:
        for index, row in enumerate(rows):
            found.append((numbers[index], row))
    except csv.Error as error:
        line = numbers[min(len(found), len(numbers) - 1)]
        problem = _problem(
            line, "row", f"a row that is no CSV ({error})", "one reading a line", "Mend the quotes."
        )
        raise CaseError([problem], origin=origin) from error
    if not found:
        problem = _problem(
            1, "header", "an empty file", "at, what, value, unit, source, device", "Add the header."
        )
        raise CaseError([problem], origin=origin)
    header = [name.strip().lower() for name in found[0][1]]
    problems = _header_problems(header, found[0][0])
    if problems:
        raise CaseError(problems, origin=origin)
    dicts: list[tuple[int, Mapping[str, Any]]] = []
    for line, row in found[1:]:
        if len(row) > len(header):
            problems.append(
                _problem(
                    line, "row", f"{len(row)} cells", f"{len(header)}, as in the header", "Quote the commas."
                )
            )
            continue
        dicts.append((line, dict(zip(header, row, strict=False))))
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
    times = _Times()
    channels = {c.name: c for c in thresholds().channels}
    for number, (line, row) in enumerate(rows, start=1):
        cells = {name: _cell(row.get(name)) for name in COLUMNS}
        reader = _Row(line=line, cells=cells, channels=channels, found=found)
        what = str(cells["what"])
        if what in _BASELINE or what in _NEEDS:
            reader.need(what, needs)
            continue
        observation = reader.observation(number, times)
        if observation is not None:
            observations.append(observation)
    if not observations and not found:
        found.append(
            _problem(1, "rows", "a table without readings", "one reading a row", "Add the readings.")
        )
    if len(found) > _MOST_PROBLEMS:
        more = len(found) - _MOST_PROBLEMS
        found = found[:_MOST_PROBLEMS]
        found.append(_problem(None, "rows", f"{more} more mistakes", "none", "Mend these first."))
    if found:
        raise CaseError(found, origin=origin)
    return Record(observations=tuple(observations), baseline=Baseline(**needs), zero=times.zero)


class _Times:
    """Times of one record, in ms: counted from its start, or from its first clock time; never both."""

    def __init__(self) -> None:
        self.zero: datetime | None = None
        self.counted = False

    def ms(self, value: object) -> int:
        """Return a time in ms, or raise ValueError saying what is accepted."""
        moment = _moment(value)
        if moment is not None:
            if self.counted:
                raise ValueError("a clock time among times counted from the start")
            if self.zero is None:
                self.zero = moment
            return round((moment - self.zero) / timedelta(milliseconds=1))
        if self.zero is not None:
            raise ValueError("a time counted from the start among clock times")
        self.counted = True
        if isinstance(value, timedelta):
            return round(value / timedelta(milliseconds=1))
        return elapsed_ms(str(value))


def _moment(value: object) -> datetime | None:
    """Return a clock time, or None if the value counts from the start."""
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"no time ({error})") from error
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is None:
        raise ValueError("a clock time without a time zone")
    return value


def elapsed_ms(text: str) -> int:
    """Return a time since the start in ms, from "0:12:30", "12 min 30 s" or "90 s".

    >>> elapsed_ms("0:12:30"), elapsed_ms("12 min 30 s"), elapsed_ms("1.5 s")
    (750000, 750000, 1500)
    """
    clock = _CLOCK.fullmatch(text.strip())
    if clock:
        return round((int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])) * 1000)
    parts = _PARTS.findall(text)
    if len(parts) > 1 and not _PARTS.sub("", text).strip():
        return sum(elapsed_ms(part) for part in parts)
    return round(parse_duration_h(text, allow_negative=True) * 3_600_000)


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One row being read; its mistakes go to ``found``."""

    line: int
    cells: Mapping[str, Any]
    channels: Mapping[str, Channel]
    found: list[Problem]

    def observation(self, number: int, times: _Times) -> Observation | None:
        """Return the row as an observation, or None with its mistakes noted."""
        before = len(self.found)
        at = self._time("at", times)
        what = str(self.cells["what"])
        received = at if self.cells["received"] in ("", None) else self._time("received", times)
        sequence = self._sequence(number)
        value: float | None = None
        text = str(self.cells["text"] or "")
        if what in EVENTS:
            value, text = self._event(what, text)
            source = str(self.cells["source"] or "")
        elif what in self.channels:
            value = self._value(self.channels[what])
            source = self._source()
        else:
            self._unknown(what)
            source = ""
        if len(self.found) > before:
            return None
        assert at is not None
        return Observation(
            at_ms=at,
            what=what,
            value=value,
            text=text,
            source=source,
            device=str(self.cells["device"] or ""),
            sequence=sequence,
            received_ms=received,
        )

    def need(self, what: str, needs: dict[str, Any]) -> None:
        """Note what a row says about the patient: a baseline reading, or a special need."""
        cell = self.cells["value"]
        if what == "capnography_needed":
            if str(cell).lower() in ("yes", "no", "1", "0"):
                needs["capnography"] = str(cell).lower() in ("yes", "1")
            else:
                self._bad("value", _shown(cell), "yes or no", "Write one of them.")
        elif what == "news2_spo2_scale":
            if str(cell) in ("1", "2"):
                needs["news2_spo2_scale"] = int(str(cell))
            else:
                self._bad("value", _shown(cell), "1 or 2", "Write one of them.")
        else:
            value = self._value(self.channels[_BASELINE[what]])
            if value is not None:
                needs[_BASELINE[what]] = value

    def _bad(self, where: str, got: str, accepted: str, remedy: str) -> None:
        self.found.append(_problem(self.line, where, got, accepted, remedy))

    def _time(self, name: str, times: _Times) -> int | None:
        cell = self.cells[name]
        accepted = '"0:12:30" or "12 min 30 s" from the start, or a time with zone "2030-01-05T14:30:00Z"'
        try:
            if cell == "" or isinstance(cell, int | float):
                raise ValueError("nothing" if cell == "" else f"{_shown(cell)} without a unit")
            return times.ms(cell)
        except (ValueError, UnitError) as error:
            got = error.got if isinstance(error, UnitError) and error.got else str(error)
            self._bad(name, got, accepted, "Write the time so.")
            return None

    def _sequence(self, number: int) -> int:
        cell = self.cells["sequence"]
        if cell in ("", None):
            return number
        try:
            return int(cell)
        except (TypeError, ValueError):
            self._bad("sequence", _shown(cell), "a whole number", "Write one, or leave the column out.")
            return number

    def _source(self) -> str:
        cell = str(self.cells["source"] or "device")
        if cell not in ("device", "manual"):
            self._bad("source", _shown(cell), "device or manual", "Say where the reading comes from.")
        return cell

    def _event(self, what: str, text: str) -> tuple[float | None, str]:
        cell = self.cells["value"]
        if what in _TEXT_EVENTS:
            about = text or str(cell)
            if not about:
                self._bad(
                    "value", "nothing", f"what the {what} is about", "Name the alarm, check or channel."
                )
            return None, about
        if cell in ("", None):
            if what == "rate_change":
                self._bad("value", "nothing", "the new rate with unit mg/h", "Write the ordered rate.")
            return None, text
        wanted = _EVENT_UNITS.get(what)
        if wanted is None:
            self._bad("value", _shown(cell), f"nothing: {what} has no value", "Leave the cell empty.")
            return None, text
        return self._number(cell, wanted), text

    def _value(self, channel: Channel) -> float | None:
        cell = self.cells["value"]
        if cell in ("", None, "---"):
            return None
        if channel.unit == "0/1" and str(cell).lower() in ("yes", "no"):
            return 1.0 if str(cell).lower() == "yes" else 0.0
        return self._number(cell, channel.unit)

    def _number(self, cell: object, unit: str) -> float | None:
        given = str(self.cells["unit"] or "")
        accepted = _UNITS.get(unit, (unit, "", "1", "score"))
        if given not in accepted:
            shown = _shown(given) if given else "no unit"
            self._bad("unit", shown, " or ".join(a for a in accepted if a), f"Convert to {unit} and say so.")
            return None
        try:
            value = float(str(cell))
        except ValueError:
            self._bad(
                "value", _shown(cell), f"a number in {unit}, or empty for no value", "Write the number."
            )
            return None
        if not abs(value) < float("inf"):
            self._bad(
                "value", _shown(cell), f"a finite number in {unit}", "Leave the cell empty for no value."
            )
            return None
        return value

    def _unknown(self, what: str) -> None:
        known = (*self.channels, *EVENTS, *_BASELINE, *_NEEDS)
        begins = [name for name in known if what and name.startswith(what.lower())]
        close = begins[0] if begins else nearest(what, known)
        hint = f"Did you mean '{close}'?" if close else "See docs/explanation/monitoring.md for the names."
        accepted = "a channel such as spo2_percent, or an event such as infusion_start"
        self._bad("what", _shown(what) if what else "nothing", accepted, hint)


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
    rows = table.rename_columns(names).to_pylist()
    return [(number, row) for number, row in enumerate(rows, start=1)]


def _header_problems(header: Sequence[str], line: int) -> list[Problem]:
    found: list[Problem] = []
    for name in header:
        if name not in COLUMNS:
            close = nearest(name, COLUMNS)
            hint = f"Did you mean '{close}'?" if close else "Separate the cells by commas."
            found.append(_problem(line, "header", f"the column {_shown(name)}", ", ".join(COLUMNS), hint))
    found += [
        _problem(line, "header", f"no column '{name}'", ", ".join(COLUMNS), "Add it.")
        for name in _REQUIRED
        if name not in header
    ]
    if len(set(header)) < len(header):
        found.append(_problem(line, "header", "a column twice", "each column once", "Remove one."))
    return found


def _problem(line: int | None, where: str, got: str, accepted: str, remedy: str) -> Problem:
    return Problem(where=where, got=got, accepted=accepted, remedy=remedy, line=line)


def _cell(value: Any) -> Any:
    """Return a cell: text without its outer spaces, empty for nothing."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return value.strip() if isinstance(value, str) else value


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")
