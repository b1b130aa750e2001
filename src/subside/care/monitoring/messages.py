"""The words of the monitor: marks, prompts, values with units. No prompt names a drug or a dose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from subside.care.monitoring.plan import BoundRule
from subside.care.monitoring.threshold import Channel, Priority

__all__ = ["PROMPTS", "against", "beyond", "marks", "reading"]

#: What a person may do now, by the word that the rules use.
PROMPTS: Final[Mapping[str, str]] = {
    "look": "Look at the patient",
    "repeat": "Repeat the reading",
    "slow_or_pause": "Slow or pause the infusion",
    "pause": "Pause the infusion",
    "stop": "Stop the infusion",
    "call": "Call the clinician",
    "emergency": "Call the emergency number",
    "airway": "Open the airway",
    "oxygen": "Consider oxygen",
    "stimulate": "Speak to and stimulate the patient",
    "pulse": "Feel for a pulse",
    "ecg": "Look at the ECG",
    "legs_up": "Raise the legs",
    "symptoms": "Ask about chest pain, breath, headache, sight, strength",
    "order_set": "Clinician may choose from the order set",
    "side_position": "Turn the patient on the side",
    "stay": "Stay with the patient",
    "quiet_room": "Quiet room, calm voice",
    "no_rate_change": "No rate change now",
    "watch_breathing": "Watch the breathing; capnography",
    "check_probe": "Check the probe",
    "check_sampling_line": "Check the sampling line",
    "check_sensor": "Check sensor, cable and device",
    "check_link": "Check the link to the devices",
    "bedside_monitor": "Go by the bedside monitor",
    "count_breaths": "Count the breaths",
    "capnography": "Attach capnography",
    "attach_monitor": "Attach the required monitoring",
    "check_pump": "Check rate and concentration at the pump",
    "record_order": "Record the ordered rate",
    "record_baseline": "Record the baseline readings",
    "score_sedation": "Score the sedation",
    "check_clock": "Check the clock and the link of the device",
    "do_check": "Make the check now",
}

_MARKS: Final[Mapping[str, str]] = {"high": "***", "medium": "**", "low": "*"}


def marks(priority: Priority) -> str:
    """Return the mark of a priority: it is never told by color alone."""
    return _MARKS[priority]


def reading(channel: Channel, value: float | None) -> str:
    """Return a value with its name and unit, or that there is none."""
    if value is None:
        return f"{channel.label} ---"
    unit = "" if channel.unit in ("0/1", "0-5", "0-10", "-5 to +4") else f" {channel.unit}"
    if channel.unit == "0/1":
        return f"{channel.label}: {'yes' if value else 'no'}"
    return f"{channel.label} {value:g}{unit}"


def against(channel: Channel, rule: BoundRule, value: float | None) -> str:
    """Return a reading and the limit that it is beyond; a sign has no limit to show."""
    if channel.unit == "0/1":
        return reading(channel, value)
    sign = ">" if rule.strict else "<=" if rule.downward else ">="
    return f"{reading(channel, value)} {sign} {rule.limit:g}"


def beyond(channel: Channel, rule: BoundRule, value: float) -> str:
    """Return a reading with the limit that it is beyond, and how long it had to be."""
    text = against(channel, rule, value)
    if rule.rule.rise is not None:
        text += f" (baseline + {rule.rule.rise:g})"
    if rule.readings > 1:
        apart = f", {rule.apart_ms // 1000} s apart" if rule.apart_ms else ""
        text += f" ({rule.readings} readings{apart})"
    elif rule.delay_ms:
        text += f" for {rule.delay_ms // 1000} s"
    return text
