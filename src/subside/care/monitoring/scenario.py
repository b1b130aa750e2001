"""A session written by hand, for people: signals drawn by their corners, a few rows, and what must come.

Tests use these files and ``subside replay`` runs them: a bug report is a file that can be run.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from subside.care.monitoring.moments import elapsed_ms
from subside.care.monitoring.observation import Observation
from subside.care.monitoring.record import Record, parse_csv
from subside.care.monitoring.rulebook import DEFAULT_SITE, SITES, thresholds
from subside.care.monitoring.threshold import Baseline
from subside.errors import CaseError, Problem, SubsideError, UnitError, nearest

__all__ = ["Expected", "Scenario", "parse_scenario", "read_scenario"]

_KEYS: Final = (
    "title", "story", "incident", "site", "until", "baseline",
    "record", "signal", "well", "expect", "never", "end",
)  # fmt: skip
_SIGNAL: Final = ("what", "unit", "device", "every", "from", "to", "points", "shape", "gaps", "source", "lag")
_WELL: Final = ("from", "to", "except")
_EXPECT: Final = ("at", "within", "kind", "alarm", "priority", "says", "to")
_NEVER: Final = ("kind", "alarm", "from", "to", "why")
_MOST_READINGS: Final = 200_000
_END: Final = ("standing", "clear", "shows", "blank", "news2")

#: What a patient who is well sends: channel, unit, value, how often, from whom.
_USUAL: Final = (
    ("spo2_percent", "%", 97, "2 s", "device"),
    ("hr_bpm", "/min", 72, "2 s", "device"),
    ("rr_per_min", "/min", 14, "5 s", "device"),
    ("etco2_mmhg", "mmHg", 38, "5 s", "device"),
    ("sbp_mmhg", "mmHg", 128, "4 min", "device"),
    ("dbp_mmhg", "mmHg", 78, "4 min", "device"),
    ("moaas", "0-5", 5, "10 min", "manual"),
    ("dissociation_nrs", "0-10", 2, "10 min", "manual"),
    ("nausea_nrs", "0-10", 0, "10 min", "manual"),
    ("dizziness_nrs", "0-10", 1, "10 min", "manual"),
)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One change that must come (or must never come): which, when, and how it reads."""

    at_ms: int | None = None
    within_ms: int = 2000
    kind: str = "raised"
    alarm: str = ""
    priority: str = ""
    says: str = ""
    to: str = ""
    from_ms: int = 0
    to_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One session with what must come of it."""

    title: str
    story: str
    record: Record
    incident: str = ""
    site: str = DEFAULT_SITE
    until_ms: int | None = None
    expect: tuple[Expected, ...] = ()
    never: tuple[Expected, ...] = ()
    end: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_scenario(path: Path) -> Scenario:
    """Return the scenario in a TOML file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _wrong(path.name, "file", "text that is not UTF-8", "UTF-8", "Save it as UTF-8.") from error
    return parse_scenario(text, origin=path.name)


def parse_scenario(text: str, *, origin: str) -> Scenario:
    """Return the scenario in a TOML text.

    Raises:
        CaseError: If a key is unknown or a part cannot be read; the message names the place.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(origin, "file", f"no TOML ({error})", "TOML", "Mend the line that it names.") from error
    if "patient" in table and "infusion" in table:
        accepted = "a recorded session"
        raise _wrong(origin, "file", "a case", accepted, "Pass a record, or 'subside check' for the case.")
    _known(table, _KEYS, "scenario", origin)
    site = table.get("site", DEFAULT_SITE)
    if site not in SITES:
        raise _wrong(origin, "site", repr(site), " or ".join(SITES), "Choose one.")
    parts: list[Observation] = []
    if "record" in table:
        parts += _rows(table["record"], origin)
    for number, signal in enumerate(_tables(table, "signal", origin)):
        where = f"signal[{number}]"
        _known(signal, _SIGNAL, where, origin)
        with _reading(where, "what, unit, every, from, to, points", origin):
            parts += _signal(signal, len(parts) + 1)
    if "well" in table:
        with _reading("well", "from, to, except", origin):
            parts += _well(table["well"], {o.what for o in parts}, len(parts) + 1, origin)
    if not parts:
        raise _wrong(origin, "scenario", "no readings", "record or [[signal]]", "Add one.")
    with _reading("until", 'a time such as "45 min"', origin):
        until = elapsed_ms(table["until"]) if "until" in table else None
    return Scenario(
        title=str(table.get("title", origin)),
        story=str(table.get("story", "")).strip(),
        incident=str(table.get("incident", "")),
        record=Record(observations=tuple(parts), baseline=_baseline(table.get("baseline", {}), origin)),
        site=site,
        until_ms=until,
        expect=_all_expected(table, "expect", _EXPECT, origin),
        never=_all_expected(table, "never", _NEVER, origin),
        end=_end(table.get("end", {}), origin),
    )


@contextmanager
def _reading(where: str, accepted: str, origin: str) -> Iterator[None]:
    """Turn whatever goes wrong with one part of the file into a mistake that names the part."""
    try:
        yield
    except CaseError:
        raise
    except KeyError as error:
        raise _wrong(origin, where, f"no {error}", accepted, "Add it.") from error
    except (AttributeError, IndexError, TypeError, ValueError, SubsideError) as error:
        got = error.got if isinstance(error, UnitError) and error.got else str(error)
        raise _wrong(origin, where, got, accepted, "Mend this part.") from error


def _tables(table: Mapping[str, Any], name: str, origin: str) -> list[Mapping[str, Any]]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(x, dict) for x in found):
        raise _wrong(origin, name, repr(found)[:40], f"tables [[{name}]]", "Write them so.")
    return found


def _all_expected(
    table: Mapping[str, Any], name: str, keys: tuple[str, ...], origin: str
) -> tuple[Expected, ...]:
    found = []
    for number, entry in enumerate(_tables(table, name, origin)):
        with _reading(f"{name}[{number}]", ", ".join(keys), origin):
            found.append(_expected(entry, keys, f"{name}[{number}]", origin))
    return tuple(found)


def _rows(text: object, origin: str) -> list[Observation]:
    if not isinstance(text, str):
        raise _wrong(
            origin, "record", "no text", "rows of at, what, value, ... in triple quotes", "Write them."
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    header = "" if first.replace(" ", "").startswith("at,what") else "at, what, value, unit, source, device"
    return list(parse_csv(text, origin=f"{origin}, record", header=header).observations)


def _signal(table: Mapping[str, Any], number: int) -> list[Observation]:
    """Return the readings of one signal: a value at each corner, held ("step") or drawn on ("line")."""
    what = table["what"]
    channel = next((c for c in thresholds().channels if c.name == what), None)
    if channel is None:
        names = [c.name for c in thresholds().channels]
        close = next((name for name in names if name.startswith(str(what))), "") or nearest(str(what), names)
        raise ValueError(f"no channel {what!r}" + (f"; nearest: {close}" if close else ""))
    if channel.unit not in ("0/1", "0-5", "0-10", "-5 to +4") and table["unit"] != channel.unit:
        raise ValueError(f"unit {table['unit']!r}; {what} is in {channel.unit}")
    if not table["points"]:
        raise ValueError("points without a corner")
    corners = [(elapsed_ms(at), None if value == "" else float(value)) for at, value in table["points"]]
    gaps = [(elapsed_ms(a), elapsed_ms(b)) for a, b in table.get("gaps", ())]
    lag = elapsed_ms(table["lag"]) if "lag" in table else 0
    shape: Literal["step", "line"] = table.get("shape", "step")
    found: list[Observation] = []
    first, last, every = (elapsed_ms(table[name]) for name in ("from", "to", "every"))
    if every <= 0 or (last - first) / every > _MOST_READINGS:
        raise ValueError(f"every = {table['every']!r}: above 0, and at most {_MOST_READINGS} readings")
    for at in range(first, last + 1, every):
        if not any(a <= at < b for a, b in gaps):
            found.append(
                Observation(
                    at_ms=at,
                    what=what,
                    value=_at(corners, at, shape),
                    source=table.get("source", "device"),
                    device=table.get("device", "monitor"),
                    sequence=number + len(found),
                    received_ms=at + lag,
                )
            )
    return found


def _well(table: Mapping[str, Any], given: set[str], number: int, origin: str) -> list[Observation]:
    """Return what else a patient who is well sends: every usual channel that the file does not draw."""
    _known(table, _WELL, "well", origin)
    left_out = {*table.get("except", ()), *given}
    found: list[Observation] = []
    for what, unit, value, every, source in _USUAL:
        if what not in left_out:
            drawn = {
                "what": what, "unit": unit, "every": every, "from": table["from"], "to": table["to"],
                "points": [[table["from"], value]], "source": source,
            }  # fmt: skip
            found += _signal(drawn, number + len(found))
    return found


def _at(corners: list[tuple[int, float | None]], at: int, shape: str) -> float | None:
    """Return the value of a drawn signal at a moment."""
    before = [c for c in corners if c[0] <= at]
    after = [c for c in corners if c[0] > at]
    if not before:
        return after[0][1]
    t0, v0 = before[-1]
    if shape == "step" or not after or v0 is None:
        return v0
    t1, v1 = after[0]
    return v0 if v1 is None else round(v0 + (v1 - v0) * (at - t0) / (t1 - t0), 1)


def _baseline(table: object, origin: str) -> Baseline:
    accepted = "numbers in the units of the names; capnography = true or false; news2_spo2_scale = 1 or 2"
    with _reading("baseline", accepted, origin):
        values = _known(table, tuple(Baseline.__dataclass_fields__), "baseline", origin)
        for name, value in values.items():
            whole = isinstance(value, bool) if name == "capnography" else not isinstance(value, bool)
            if not whole or not isinstance(value, int | float):
                raise ValueError(f"{name} = {value!r}")
        if values.get("news2_spo2_scale", 1) not in (1, 2):
            raise ValueError(f"news2_spo2_scale = {values['news2_spo2_scale']!r}")
        return replace(Baseline(), **values)


def _expected(table: Mapping[str, Any], keys: tuple[str, ...], where: str, origin: str) -> Expected:
    _known(table, keys, where, origin)
    return Expected(
        at_ms=elapsed_ms(table["at"]) if "at" in table else None,
        within_ms=elapsed_ms(table.get("within", "2 s")),
        kind=table.get("kind", "raised"),
        alarm=table.get("alarm", ""),
        priority=table.get("priority", ""),
        says=table.get("says", ""),
        to=table.get("to", "") if "kind" in keys and "at" in keys else "",
        from_ms=elapsed_ms(table["from"]) if "from" in table else 0,
        to_ms=elapsed_ms(table["to"]) if "to" in table and "at" not in keys else None,
    )


def _end(table: object, origin: str) -> dict[str, tuple[str, ...]]:
    with _reading("end", "lists of names: " + ", ".join(_END), origin):
        values = _known(table, _END, "end", origin)
        for name, names in values.items():
            if not isinstance(names, list):
                raise ValueError(f"{name} = {names!r}")
        return {name: tuple(str(x) for x in names) for name, names in values.items()}


def _known(table: object, known: tuple[str, ...], where: str, origin: str) -> dict[str, Any]:
    """Return a table all of whose keys are known."""
    if not isinstance(table, Mapping):
        raise _wrong(origin, where, repr(table)[:40], ", ".join(known), "Write a table.")
    for key in table:
        if key not in known:
            hint = nearest(key, known)
            remedy = f"Did you mean '{hint}'?" if hint else "Remove it."
            raise _wrong(origin, f"{where}.{key}", "an unknown key", ", ".join(known), remedy)
    return dict(table)


def _wrong(origin: str, where: str, got: str, accepted: str, remedy: str) -> CaseError:
    return CaseError([Problem(where=where, got=got, accepted=accepted, remedy=remedy)], origin=origin)
