"""What reaches the monitor: readings of devices, values entered by hand, and events, all of one type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from subside.errors import ParameterError

__all__ = ["EVENTS", "Observation", "effective_ms", "order_key"]

#: Events by name, with what each means and what its ``text`` or ``value`` holds.
EVENTS: Final[Mapping[str, str]] = {
    "monitoring_start": "the session begins",
    "monitoring_end": "the session ends; refused while an infusion runs or a high alarm stands",
    "infusion_start": "the infusion begins; value: the ordered rate in mg/h, if known",
    "infusion_pause": "the infusion is held; the ordered rate is 0",
    "infusion_resume": "the infusion goes on; value: the ordered rate in mg/h, if known",
    "infusion_stop": "the infusion has ended; the ordered rate is 0",
    "rate_change": "a new ordered rate; value: mg/h",
    "oxygen_on": "oxygen is added; value: L/min, if known",
    "oxygen_off": "room air again",
    "ack": "a named person (source) acknowledges the alarm named in text",
    "audio_pause": "the sound is paused; pressed again, it comes back",
    "check_done": "the check named in text was made",
    "channel_off": "the device of the channel named in text was taken off on purpose",
    "channel_on": "it is back in use",
    "device_off": "the device named in text was taken off or exchanged on purpose",
    "heartbeat": "a device or its gateway says that it is alive",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One reading or event.

    Attributes:
        at_ms: When it was true, in ms (of any one clock: since the start, or since 1970 in UTC).
        what: A channel such as ``spo2_percent`` in its canonical unit, or a name in ``EVENTS``.
        value: The number; None when a device says that it has none.
        text: What an event is about: the alarm of an ``ack``, the check of a ``check_done``.
        source: ``device``, or ``manual``, or for an event the person who did it.
        device: Which device sent it; empty if there is but one.
        sequence: Order among observations of the same moment.
        received_ms: When it arrived; None: at the call's ``now_ms``.
    """

    at_ms: int
    what: str
    value: float | None = None
    text: str = ""
    source: str = "device"
    device: str = ""
    sequence: int = 0
    received_ms: int | None = None

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ParameterError(
                f"value of {self.what} must be a finite number, or None for no value; got {self.value}. "
                "Refuse it where the message is read, or pass None."
            )


def effective_ms(observation: Observation, *, received_ms: int, window_ms: int) -> int:
    """Return the moment on the time line at which an observation takes effect, in ms.

    Its own time; but never before the part of the time line that was settled when it arrived, and
    never after its arrival: a fast clock must not make a reading wait.
    """
    at = observation.at_ms
    earliest = received_ms - window_ms
    if at < earliest:
        return earliest
    return at if at < received_ms else received_ms


Key = tuple[int, int, int, str, str, bool, float, str, str, int]


def order_key(observation: Observation, effective: int) -> Key:
    """Return the key of the one order in which observations are applied, whatever order they came in."""
    o = observation
    value = o.value
    return (
        effective,
        o.at_ms,
        o.sequence,
        o.what,
        o.device,
        value is not None,
        0.0 if value is None else value,
        o.text,
        o.source,
        o.received_ms or 0,
    )


Source = Literal["device", "manual"]
