"""What else is done (other drugs, therapies) and what was observed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from subside.case.observables import OBSERVABLES, Observable
from subside.case.patient import Route
from subside.case.quantities import (
    DoseText,
    DurationText,
    Entry,
    Flaw,
    LineText,
    PlainRateText,
    TimeText,
    flawed,
    listed,
    refuse,
)
from subside.case.series import Series
from subside.errors import nearest
from subside.units import parse_dose, parse_duration_h, parse_rate

__all__ = ["Observation", "Treatment"]

_KETAMINE = ("ketamine", "esketamine", "racemic_ketamine", "racemic ketamine", "s-ketamine", "arketamine")


class Treatment(Entry):
    """A drug other than ketamine, or a therapy, given beside the infusions.

    ``from`` alone is one dose or session; ``every`` repeats it until ``until`` (left out: to the
    end of the case); ``series`` repeats it as an infusion's series does; ``rate`` runs until
    ``until``.
    """

    kind: Literal["drug", "therapy"]
    name: LineText
    dose: DoseText | None = None
    rate: PlainRateText | None = None
    route: Route | None = None
    every: DurationText | None = None
    series: Series | None = None
    from_: TimeText = Field(alias="from")
    until: TimeText | None = None
    note: LineText | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Treatment:
        if flaws := list(_flaws(self)):
            raise flawed(flaws)
        return self

    @property
    def from_h(self) -> float:
        """When it begins, in h."""
        return parse_duration_h(self.from_, allow_negative=True)

    @property
    def until_h(self) -> float | None:
        """When it ends, in h; None when it goes on to the end of the case."""
        return None if self.until is None else parse_duration_h(self.until, allow_negative=True)

    @property
    def every_h(self) -> float | None:
        """The time between two doses or sessions, in h; None when given once or by rate."""
        return None if self.every is None else parse_duration_h(self.every)

    def dose_mg(self, weight_kg: float) -> float | None:
        """Return one dose in mg; None when none is written."""
        return None if self.dose is None else parse_dose(self.dose).for_weight(weight_kg)

    def mg_per_h(self, weight_kg: float) -> float | None:
        """Return the rate in mg/h; None when none is written."""
        return None if self.rate is None else parse_rate(self.rate).for_weight(weight_kg)

    def given_at_h(self, end_h: float) -> tuple[float, ...]:
        """Return the times of doses or sessions in h, none at or after its end or ``end_h``."""
        if self.rate is not None:
            return ()
        if self.series is not None:
            times = self.series.starts_h(self.from_h)
        elif self.every_h is None:
            times = (self.from_h,)
        else:
            last = end_h if self.until_h is None else min(end_h, self.until_h)
            count = max(0, int((last - self.from_h) / self.every_h * (1 - 1e-12)) + 1)
            times = tuple(self.from_h + self.every_h * k for k in range(count))
        return tuple(t for t in times if t < end_h and (self.until_h is None or t < self.until_h))


def _flaws(treatment: Treatment) -> Iterator[Flaw]:
    """Yield what does not fit together in a treatment."""
    if treatment.kind == "drug" and treatment.name.strip().lower() in _KETAMINE:
        yield Flaw(
            "name",
            got=f"'{treatment.name}' as a [[treatment]]",
            accepted="a drug other than ketamine",
            remedy='Ketamine goes in [[infusion]], with drug = "esketamine" or "racemic_ketamine".',
        )
    if treatment.kind == "drug" and treatment.dose is None and treatment.rate is None:
        yield Flaw(
            got="a drug without dose or rate",
            accepted="dose or rate",
            remedy='Add dose = "600 mg"; if it is not known, list the drug in patient.medicines.',
        )
    if treatment.dose is not None and treatment.rate is not None:
        yield Flaw(
            "rate",
            got="both dose and rate",
            accepted="dose or rate",
            remedy="Keep one; a dose and a running infusion are two [[treatment]] tables.",
        )
    if treatment.kind == "therapy" and (treatment.dose or treatment.rate or treatment.route):
        key = "dose" if treatment.dose else "rate" if treatment.rate else "route"
        yield Flaw(
            key,
            got=f"{key} for a therapy",
            accepted="name, every or series, from, until, note",
            remedy='Remove it, or write kind = "drug".',
        )
    if treatment.every is not None and treatment.series is not None:
        yield Flaw(
            "series",
            got="both every and series",
            accepted="every or series",
            remedy="Keep one.",
        )
    if treatment.rate is not None and (treatment.every is not None or treatment.series is not None):
        key = "every" if treatment.every is not None else "series"
        yield Flaw(
            key,
            got=f"{key} beside rate",
            accepted="rate with from and until",
            remedy="Write dose instead of rate, or one [[treatment]] for each stretch.",
        )
    if treatment.until_h is not None and not treatment.until_h > treatment.from_h:
        yield Flaw(
            "until",
            got=f"'{treatment.until}' with from = '{treatment.from_}'",
            accepted="an end after the start",
            remedy="Check both; times before the first infusion are negative.",
            compares=True,
        )


def _what(name: Any) -> Any:
    if isinstance(name, str) and name not in OBSERVABLES:
        close = nearest(name, OBSERVABLES)
        raise refuse(
            f"'{name[:60]}'",
            listed(name, OBSERVABLES),
            f"Did you mean '{close}'?" if close else "Only what is in this list can be observed.",
        )
    return name


class Observation(Entry):
    """One value that was observed, and when."""

    at: TimeText
    what: Annotated[str, BeforeValidator(_what), Field(description="the name of what was observed")]
    value: float = Field(description="a finite number, in the unit of what was observed")
    source: LineText | None = None  # diary, monitor, clinician, ...
    note: LineText | None = None

    @model_validator(mode="after")
    def _within_range(self) -> Observation:
        o = self.observable
        if not o.low <= self.value <= o.high:
            raise flawed(
                [
                    Flaw(
                        "value",
                        got=f"{self.value:g} for {o.name}",
                        accepted=f"{o.low:g} to {o.high:g} {o.unit} ({o.description})",
                        remedy="Check the value, its unit and what it measures.",
                        compares=True,
                    )
                ]
            )
        return self

    @property
    def at_h(self) -> float:
        """When it was observed, in h."""
        return parse_duration_h(self.at, allow_negative=True)

    @property
    def observable(self) -> Observable:
        """What stands for the name: unit, range, description."""
        return OBSERVABLES[self.what]
