"""One row of a record, read strictly: no unit is guessed, every mistake is noted with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from subside.care.monitoring.moments import Times
from subside.care.monitoring.observation import EVENTS, Observation
from subside.care.monitoring.threshold import Baseline, Channel
from subside.errors import Problem, UnitError, nearest

__all__ = ["Row", "is_about_the_patient", "plain", "problem", "shown"]

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
_YES_NO: Final = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
_NEEDS: Final = ("capnography_needed", "news2_spo2_scale")


def is_about_the_patient(what: str) -> bool:
    """Whether a row says something about the patient rather than about a moment."""
    return what in _BASELINE or what in _NEEDS


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row being read; its mistakes go to ``found``."""

    line: int
    cells: Mapping[str, Any]
    channels: Mapping[str, Channel]
    found: list[Problem]

    def observation(self, number: int, times: Times) -> Observation | None:
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
                self._bad("value", shown(cell), "yes or no", "Write one of them.")
        elif what == "news2_spo2_scale":
            if str(cell) in ("1", "2"):
                needs["news2_spo2_scale"] = int(str(cell))
            else:
                self._bad("value", shown(cell), "1 or 2", "Write one of them.")
        else:
            value = self._value(self.channels[_BASELINE[what]])
            if value is not None:
                needs[_BASELINE[what]] = value

    def _bad(self, where: str, got: str, accepted: str, remedy: str) -> None:
        self.found.append(problem(self.line, where, got, accepted, remedy))

    def _time(self, name: str, times: Times) -> int | None:
        cell = self.cells[name]
        accepted = '"0:12:30" or "12 min 30 s" from the start, or a time with zone "2030-01-05T14:30:00Z"'
        try:
            if cell == "" or isinstance(cell, int | float):
                raise ValueError("nothing" if cell == "" else f"{shown(cell)} without a unit")
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
            self._bad("sequence", shown(cell), "a whole number", "Write one, or leave the column out.")
            return number

    def _source(self) -> str:
        cell = str(self.cells["source"] or "device")
        if cell not in ("device", "manual"):
            self._bad("source", shown(cell), "device or manual", "Say where the reading comes from.")
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
            self._bad("value", shown(cell), f"nothing: {what} has no value", "Leave the cell empty.")
            return None, text
        return self._number(cell, wanted), text

    def _value(self, channel: Channel) -> float | None:
        cell = self.cells["value"]
        if cell in ("", None, "---"):
            return None
        if channel.unit == "0/1" and str(cell).lower() in _YES_NO:
            return _YES_NO[str(cell).lower()]
        if channel.unit == "0/1" and str(cell) not in ("0", "1", "0.0", "1.0"):
            self._bad("value", shown(cell), "yes or no, or empty for no value", "Write one of them.")
            return None
        return self._number(cell, channel.unit)

    def _number(self, cell: object, unit: str) -> float | None:
        given = str(self.cells["unit"] or "")
        accepted = _UNITS.get(unit, (unit, "", "1", "score"))
        if given not in accepted:
            got = shown(given) if given else "no unit"
            self._bad("unit", got, " or ".join(a for a in accepted if a), f"Convert to {unit} and say so.")
            return None
        try:
            value = float(str(cell))
        except ValueError:
            self._bad("value", shown(cell), f"a number in {unit}, or empty for no value", "Write the number.")
            return None
        if not abs(value) < float("inf"):
            self._bad(
                "value", shown(cell), f"a finite number in {unit}", "Leave the cell empty for no value."
            )
            return None
        return value

    def _unknown(self, what: str) -> None:
        known = (*self.channels, *EVENTS, *_BASELINE, *_NEEDS)
        begins = [name for name in known if what and name.startswith(what.lower())]
        close = begins[0] if begins else nearest(what, known)
        hint = f"Did you mean '{close}'?" if close else "See docs/explanation/monitoring.md for the names."
        accepted = "a channel such as spo2_percent, or an event such as infusion_start"
        self._bad("what", shown(what) if what else "nothing", accepted, hint)


def problem(line: int | None, where: str, got: str, accepted: str, remedy: str) -> Problem:
    return Problem(where=where, got=got, accepted=accepted, remedy=remedy, line=line)


def plain(value: Any) -> Any:
    """Return a cell: text without its outer spaces, empty for nothing."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return value.strip() if isinstance(value, str) else value


def shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")
