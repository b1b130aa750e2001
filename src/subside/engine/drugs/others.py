"""What a case's ``[[treatment]]`` tables give beside ketamine: opioids by dose, the rest by channel.

An opioid has its own disposition. Anti-inflammatory drugs, gabapentinoids, tricyclics and therapy act
through a relief channel: a level between 0 and 1 that comes and goes with time constants of its own;
what full level does to a person's pain is a parameter of the person.

What is taken again and again since before time zero is in the stated pain and stays background
(``subside.engine.population.background``).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.case import Case, Treatment
from subside.engine.drugs.names import words_of
from subside.engine.drugs.opioids import OPIOIDS, opioid
from subside.errors import ParameterError, unknown_name
from subside.units import H_PER_DAY

__all__ = [
    "RELIEF_CHANNELS",
    "OpioidCourse",
    "Others",
    "Relief",
    "conventional_drugs",
    "is_background",
    "others",
]

RELIEF_CHANNELS: Final = ("nsaid", "gabapentinoid", "tricyclic", "therapy")
MOST_OPIOIDS: Final = 2
INTO_BLOOD: Final = ("intravenous", "subcutaneous", "intramuscular", "transdermal")
UNBROKEN_H: Final = 2 * H_PER_DAY  # repeated at least this often, a treatment is one stretch


@dataclass(frozen=True, kw_only=True)
class OpioidCourse:
    """All that is given of one opioid, in order of time.

    Attributes:
        name: One of ``OPIOIDS``.
        segments: (start_h, end_h, mg_per_h) into the blood. A slow-release tablet flows evenly
            from one dose to the next, its bioavailable part alone.
        boluses: (at_h, mg) into the vein.
        doses: (at_h, mg) by mouth, as swallowed.
    """

    name: str
    segments: tuple[tuple[float, float, float], ...] = ()
    boluses: tuple[tuple[float, float], ...] = ()
    doses: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Relief:
    """One stretch of a treatment that acts through a channel.

    Attributes:
        channel: One of ``RELIEF_CHANNELS``.
        from_h: When it begins. ``until_h``: when it ends; infinite when it goes on.
        tau_on_h: Time constant of onset. ``tau_off_h``: of fading after the end.
        full: Level it tends to, 0 to 1: the dose over the dose of the trials.
        begins_at: Level at its start, where it follows straight on another stretch.
    """

    channel: str
    from_h: float
    until_h: float
    tau_on_h: float
    tau_off_h: float
    full: float = 1.0
    begins_at: float = 0.0

    def level(self, t_h: ArrayLike) -> NDArray[np.float64]:
        """Return the level at these times, between 0 and 1. Shape of ``t_h``."""
        t = np.asarray(t_h, dtype=np.float64)
        on = np.clip(np.minimum(t, self.until_h) - self.from_h, 0.0, None)
        off = np.clip(t - self.until_h, 0.0, None)
        reached = self.full + (self.begins_at - self.full) * np.exp(-on / self.tau_on_h)
        return np.where(t < self.from_h, 0.0, reached * np.exp(-off / self.tau_off_h))


@dataclass(frozen=True, kw_only=True)
class Others:
    """What is given beside ketamine.

    Attributes:
        opioids: At most two drugs.
        reliefs: Stretches of other treatments.
        unmodeled: Treatments that stand in the case and do nothing here, with the reason.
    """

    opioids: tuple[OpioidCourse, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    unmodeled: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything acts."""
        return bool(self.opioids or self.reliefs)

    def level(self, channel: str, t_h: ArrayLike) -> NDArray[np.float64]:
        """Return the level of a channel at these times: the highest of its treatments.

        Raises:
            UnknownNameError: If there is no such channel.
        """
        if channel not in RELIEF_CHANNELS:
            raise unknown_name("relief channel", channel, RELIEF_CHANNELS)
        level = np.zeros(np.shape(t_h))
        for relief in self.reliefs:
            if relief.channel == channel:
                level = np.maximum(level, relief.level(t_h))
        return level

    def changes_h(self) -> tuple[float, ...]:
        """Return every time at which something starts, stops or is given, sorted, each once."""
        times: set[float] = set()
        for course in self.opioids:
            times.update(t for start, end, _ in course.segments for t in (start, end))
            times.update(t for t, _ in (*course.boluses, *course.doses))
        times.update(t for relief in self.reliefs for t in (relief.from_h, relief.until_h))
        return tuple(sorted(t for t in times if math.isfinite(t)))


@cache
def conventional_drugs() -> dict[str, Any]:
    """Return the table of relief channels as it stands in the evidence."""
    path = files("subside.evidence").joinpath("priors/conventional_drugs.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def is_background(treatment: Treatment) -> bool:
    """Return whether a treatment was taken again and again before time zero: then it is in the pain."""
    once = treatment.rate is None and treatment.every is None and treatment.series is None
    return treatment.from_h < 0.0 and not once


def others(case: Case, *, until_h: float | None = None) -> Others:
    """Return what the treatments of a case give from time zero on.

    Args:
        case: Its ``[[treatment]]`` tables.
        until_h: Horizon for what has no end of its own; the case's end if not given.

    Raises:
        ParameterError: If more than two different opioids are given.
    """
    end = case.end_h if until_h is None else max(until_h, 0.0)
    courses: dict[str, list[OpioidCourse]] = {}
    reliefs: list[Relief] = []
    unmodeled: list[str] = []
    for treatment in case.treatments:
        if is_background(treatment):
            if treatment.until_h is not None and treatment.until_h > 0.0:
                unmodeled.append(f"{treatment.name}: what stopping it does is not modeled")
            continue
        words = words_of(treatment.name)
        name = next((known for known in OPIOIDS if known in words), None)
        channel = None if name else _channel(treatment, words)
        if name is not None and treatment.kind == "drug":
            course = _course(case, treatment, name, words, end)
            if isinstance(course, str):
                unmodeled.append(course)
            else:
                courses.setdefault(name, []).append(course)
        elif channel is not None:
            reliefs.extend(_reliefs(case, treatment, channel, words, end))
        else:
            unmodeled.append(f"{treatment.name}: no effect of it is modeled")
    if len(courses) > MOST_OPIOIDS:
        raise ParameterError(
            f"a case may give {MOST_OPIOIDS} opioids from time zero on; got {', '.join(courses)}. "
            "List those taken for long in patient.medicines, or leave one out."
        )
    return Others(
        opioids=tuple(_joined(name, parts) for name, parts in courses.items()),
        reliefs=_following(reliefs),
        unmodeled=tuple(unmodeled),
    )


def _following(reliefs: list[Relief]) -> tuple[Relief, ...]:
    """Return the stretches in order of time, each begun at the level that the one before has then."""
    found: list[Relief] = []
    for relief in sorted(reliefs, key=lambda one: one.from_h):
        before = [float(one.level(relief.from_h)) for one in found if one.channel == relief.channel]
        found.append(replace(relief, begins_at=max(before, default=0.0)))
    return tuple(found)


def _channel(treatment: Treatment, words: frozenset[str]) -> str | None:
    """Return the channel that a treatment acts through; None when it is not known."""
    table = conventional_drugs()
    if treatment.kind == "therapy":
        return "therapy" if words & set(table["therapy"]["words"]) else None
    return next((c for c in RELIEF_CHANNELS[:3] if words & table[c]["full_mg_per_d"].keys()), None)


def _reliefs(
    case: Case, treatment: Treatment, channel: str, words: frozenset[str], end: float
) -> Iterator[Relief]:
    """Yield the stretches of a treatment: one while it is repeated often, else one a dose."""
    table = conventional_drugs()[channel]
    every = treatment.series.every_h if treatment.series else treatment.every_h
    dose = treatment.dose_mg(case.patient.weight_kg)
    full = 1.0
    if dose is not None:
        name = next(known for known in table["full_mg_per_d"] if known in words)
        daily = dose * H_PER_DAY / (every or min(table["once_h"], H_PER_DAY))
        full = min(1.0, daily / table["full_mg_per_d"][name])
    taus = {"tau_on_h": table["tau_on_h"], "tau_off_h": table["tau_off_h"], "full": full}
    given = _given_at_h(treatment, end)
    if treatment.rate is not None or not given:
        until = math.inf if treatment.until_h is None else treatment.until_h
        yield Relief(channel=channel, from_h=treatment.from_h, until_h=until, **taus)
    elif every is not None and (every <= UNBROKEN_H or channel == "therapy"):
        open_ended = treatment.until_h is None and treatment.series is None
        until = math.inf if open_ended else given[-1] + every
        yield Relief(channel=channel, from_h=given[0], until_h=until, **taus)
    else:
        for at in given:
            yield Relief(channel=channel, from_h=at, until_h=at + table["once_h"], **taus)


def _course(
    case: Case, treatment: Treatment, name: str, words: frozenset[str], end: float
) -> OpioidCourse | str:
    """Return what a treatment gives of an opioid, or why it gives nothing here."""
    p = case.patient
    drug = opioid(name, weight_kg=p.weight_kg, age_years=p.age_years, height_cm=p.height_cm, sex=p.sex)
    swallowed = treatment.route == "oral" or (
        treatment.route is None and treatment.rate is None and drug.bioavailability is not None
    )
    if treatment.route is not None and not swallowed and treatment.route not in INTO_BLOOD:
        return f"{treatment.name}: the {treatment.route} route of an opioid is not modeled"
    if swallowed and drug.bioavailability is None:
        return f"{treatment.name}: {name} by mouth is not modeled"
    rate = treatment.mg_per_h(p.weight_kg)
    if rate is not None:
        stop = max(end, treatment.from_h) if treatment.until_h is None else treatment.until_h
        return OpioidCourse(name=name, segments=((treatment.from_h, stop, rate),))
    mg = treatment.dose_mg(p.weight_kg)
    assert mg is not None  # a drug has a dose or a rate: the case was checked
    given = _given_at_h(treatment, end)
    every = treatment.series.every_h if treatment.series else treatment.every_h
    if not swallowed:
        return OpioidCourse(name=name, boluses=tuple((at, mg) for at in given))
    if every is not None and given and words & set(conventional_drugs()["slow_release"]["words"]):
        rate = mg * (drug.bioavailability or 0.0) / every
        if treatment.series is None or treatment.series.skip is None:
            return OpioidCourse(name=name, segments=((given[0], given[-1] + every, rate),))
        return OpioidCourse(name=name, segments=tuple((at, at + every, rate) for at in given))
    return OpioidCourse(name=name, doses=tuple((at, mg) for at in given))


def _given_at_h(treatment: Treatment, end: float) -> tuple[float, ...]:
    """Return when doses or sessions take place; what is counted takes place also after ``end``."""
    counted = treatment.series is not None or treatment.until_h is not None
    return treatment.given_at_h(math.inf if counted else max(end, treatment.from_h + 1e-6))


def _joined(name: str, parts: list[OpioidCourse]) -> OpioidCourse:
    """Return all that is given of one opioid as one course."""
    return OpioidCourse(
        name=name,
        segments=tuple(sorted(s for part in parts for s in part.segments)),
        boluses=tuple(sorted(b for part in parts for b in part.boluses)),
        doses=tuple(sorted(d for part in parts for d in part.doses)),
    )
