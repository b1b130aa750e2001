"""An injury that heals: surgery, a fracture, shingles; what the road from acute to chronic starts from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from subside.case.quantities import DurationText, Entry, LineText, TimeText, refuse
from subside.units import parse_duration_h

__all__ = ["Injury"]


def _not_after_zero(text: str) -> str:
    if parse_duration_h(text, allow_negative=True) > 0:
        raise refuse(
            f"'{text}'",
            "a time of at most 0 h: what is simulated begins with the injury",
            'Write at = "0 h" for the day of the first infusion, or "-2 d" for two days before it.',
            stand_in="0 h",
        )
    return text


class Injury(Entry):
    """One injury, at or before time zero; ``patient.nrs_pain`` is then the usual pain before it.

    ``nrs_pain`` is the pain at rest that it causes on the first day, ``heals_in`` the time in which its
    drive falls by half. A cut nerve leaves a drive that does not heal.
    """

    at: Annotated[TimeText, AfterValidator(_not_after_zero)]
    kind: LineText | None = None  # such as "thoracotomy"
    nrs_pain: float = Field(ge=0.5, le=9.5, description="pain at rest on the first day, 0.5 to 9.5 points")
    heals_in: DurationText | None = None
    cut_nerve: Literal["yes", "no", "unknown"] = "unknown"

    @property
    def at_h(self) -> float:
        """When it happens, in h; never above 0."""
        return parse_duration_h(self.at, allow_negative=True)

    @property
    def heals_in_h(self) -> float | None:
        """The half-life of its drive, in h; None where it is not known."""
        return None if self.heals_in is None else parse_duration_h(self.heals_in)

