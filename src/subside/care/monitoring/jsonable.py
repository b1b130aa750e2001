"""Snapshots, observations and changes as JSON values and back, exactly: no rounding, nothing left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from subside.care.monitoring.observation import Observation
from subside.care.monitoring.snapshot import FORMAT, Alarm, Change, Due, Run, Snapshot, Stream
from subside.errors import ParameterError

__all__ = [
    "change_to_json",
    "observation_from_json",
    "observation_to_json",
    "snapshot_from_json",
    "snapshot_from_text",
    "snapshot_to_json",
    "snapshot_to_text",
]

_OBSERVATION: Final = tuple(f.name for f in fields(Observation))
_ALARM: Final = tuple(f.name for f in fields(Alarm))
_CHANGE: Final = tuple(f.name for f in fields(Change))
_PLAIN: Final = tuple(
    f.name
    for f in fields(Snapshot)
    if f.name not in ("pending", "streams", "alarms", "checks", "off", "raises", "wake_ms")
)
# Snapshots hold no cycles, so the encoder need not look for them: a fifth of its time.
_TEXT: Final = json.JSONEncoder(check_circular=False, allow_nan=False, separators=(",", ":"))
_OBSERVATION_VALUES: Final = attrgetter(*_OBSERVATION)
_ALARM_VALUES: Final = attrgetter(*_ALARM[1:])
_PLAIN_VALUES: Final = attrgetter(*_PLAIN)


def snapshot_to_json(s: Snapshot) -> dict[str, Any]:
    """Return a snapshot as values for ``json.dumps``, in one fixed order: equal snapshots, equal text."""
    return {
        "format": FORMAT,
        **dict(zip(_PLAIN, _PLAIN_VALUES(s), strict=True)),
        "pending": [_OBSERVATION_VALUES(o) for o in s.pending],
        "streams": {key: _short(s.streams[key]) for key in sorted(s.streams)},
        "alarms": {key: _ALARM_VALUES(s.alarms[key]) for key in sorted(s.alarms)},
        "checks": {key: s.checks[key] for key in sorted(s.checks)},
        "off": s.off,
        "raises": s.raises,
    }


def snapshot_to_text(s: Snapshot) -> str:
    """Return a snapshot as one line of JSON; equal snapshots give equal text."""
    return _TEXT.encode(snapshot_to_json(s))


def snapshot_from_text(text: str) -> Snapshot:
    """Return the snapshot that ``snapshot_to_text`` wrote."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ParameterError(
            f"a stored monitoring snapshot must be JSON; got text that is none ({error}). "
            "Replay the session from its observations."
        ) from error
    return snapshot_from_json(document if isinstance(document, dict) else {})


def snapshot_from_json(document: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that ``snapshot_to_json`` wrote.

    Raises:
        ParameterError: If it was written in another format, or a part is missing.
    """
    if document.get("format") != FORMAT:
        raise ParameterError(
            f"a monitoring snapshot must have format {FORMAT}; got {document.get('format')!r}. "
            "Replay the session from its observations."
        )
    try:
        return Snapshot(
            **{name: document[name] for name in _PLAIN},
            pending=tuple(observation_from_json(o) for o in document["pending"]),
            streams=MappingProxyType({k: _stream(k, v) for k, v in document["streams"].items()}),
            alarms=MappingProxyType({k: _alarm(k, v) for k, v in document["alarms"].items()}),
            checks=MappingProxyType({k: Due(*v) for k, v in document["checks"].items()}),
            off=tuple(document["off"]),
            raises=tuple(document["raises"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ParameterError(
            f"a monitoring snapshot must hold every part of format {FORMAT}; got one that cannot be read "
            f"({error}). Replay the session from its observations."
        ) from error


def observation_to_json(o: Observation) -> tuple[Any, ...]:
    """Return an observation as an array for ``json.dumps``, in the order of its fields."""
    values: tuple[Any, ...] = _OBSERVATION_VALUES(o)
    return values


def observation_from_json(values: Sequence[Any]) -> Observation:
    """Return the observation that ``observation_to_json`` wrote."""
    return Observation(**dict(zip(_OBSERVATION, values, strict=True)))


def change_to_json(change: Change) -> dict[str, Any]:
    """Return a change as a JSON object; empty parts are left out. A zero is a number, not an empty part."""
    found = {name: getattr(change, name) for name in _CHANGE}
    found["prompts"] = list(change.prompts)
    return {
        name: value for name, value in found.items() if value is not False and value not in (None, "", [])
    }


def _alarm(key: str, values: Sequence[Any]) -> Alarm:
    return Alarm(key=key, **dict(zip(_ALARM[1:], values, strict=True)))


def _short(s: Stream) -> tuple[Any, ...]:
    """Return a stream without what its key says, and in three numbers if it is live and within all limits."""
    if s.live and not s.runs and s.source == "device":
        return (s.at_ms, s.sequence, s.value)
    return tuple(s[2:])


def _stream(key: str, values: Sequence[Any]) -> Stream:
    what, _, device = key.partition("@")
    at_ms, sequence, value = values[:3]
    source, live, runs = values[3:] if len(values) > 3 else ("device", True, ())
    judged = tuple(None if run is None else Run(*run) for run in runs)
    return Stream(what, device, at_ms, sequence, value, source, live, judged)
