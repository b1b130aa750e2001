"""Times of a record: from its start, or by the clock with a zone; whole milliseconds either way."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from subside.units import parse_duration_h

__all__ = ["Times", "elapsed_ms"]

_CLOCK: Final = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d(?:\.\d{1,3})?)")
_PARTS: Final = re.compile(r"\s*([\d.]+\s*[a-z]+)")


class Times:
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


def elapsed_ms(text: object) -> int:
    """Return a time since the start in ms, from "0:12:30", "12 min 30 s" or "90 s".

    >>> elapsed_ms("0:12:30"), elapsed_ms("12 min 30 s"), elapsed_ms("1.5 s")
    (750000, 750000, 1500)
    """
    if not isinstance(text, str):
        return round(parse_duration_h(text) * 3_600_000)  # type: ignore[arg-type]  # refuses it
    clock = _CLOCK.fullmatch(text.strip())
    if clock:
        return round((int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])) * 1000)
    parts = _PARTS.findall(text)
    if len(parts) > 1 and not _PARTS.sub("", text).strip():
        return sum(elapsed_ms(part) for part in parts)
    return round(parse_duration_h(text, allow_negative=True) * 3_600_000)
