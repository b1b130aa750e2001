"""When the sessions of a series take place."""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from subside.case.quantities import DurationText, Entry, Flaw, flawed
from subside.units import H_PER_DAY, H_PER_WEEK, parse_duration_h

__all__ = ["WEEKDAYS", "Series", "Weekday"]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_SATURDAY: Final = 5

# Rounding of a product such as 7 x (1 d / 3) must not push a session out of its day.
_SLACK_H: Final = 1e-9


class Series(Entry):
    """The same session again: ``every`` so often, until ``count`` sessions have taken place.

    With ``skip = "weekend"`` no session takes place on a Saturday or Sunday; the series goes on
    after it, so ``count`` sessions still take place. ``first_weekday`` is the weekday of the first
    session; its day is taken to begin with that session.
    """

    every: DurationText
    count: Annotated[int, Field(ge=1, le=1000, description="a number of sessions, 1 to 1000")]
    skip: Literal["weekend"] | None = None
    first_weekday: Weekday = "monday"

    @model_validator(mode="after")
    def _fits_together(self) -> Series:
        if self.skip == "weekend" and WEEKDAYS.index(self.first_weekday) >= _SATURDAY:
            raise flawed(
                [
                    Flaw(
                        "first_weekday",
                        got=f"'{self.first_weekday}' with skip = \"weekend\"",
                        accepted="a first session on monday to friday when weekends are skipped",
                        remedy="Start on a weekday, or leave skip out.",
                        compares=True,
                    )
                ]
            )
        return self

    @property
    def every_h(self) -> float:
        """The time from one session to the next, in h."""
        return parse_duration_h(self.every)

    def starts_h(self, first_h: float) -> tuple[float, ...]:
        """Return when each session starts, in h, for a first one at ``first_h``."""
        every = self.every_h
        if self.skip is None:
            return tuple(first_h + every * k for k in range(self.count))
        weekday = WEEKDAYS.index(self.first_weekday)
        starts: list[float] = []
        k = 0
        while len(starts) < self.count:
            since_monday = (every * k + weekday * H_PER_DAY + _SLACK_H) % H_PER_WEEK
            if since_monday < _SATURDAY * H_PER_DAY:
                starts.append(first_h + every * k)
                k += 1
            else:  # straight to the first session at or after Monday's beginning
                to_monday = H_PER_WEEK - since_monday
                k += max(1, math.ceil(to_monday / every - _SLACK_H))
        return tuple(starts)
