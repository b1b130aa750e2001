"""Where the uncertainty of one number comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from subside.errors import ParameterError, unknown_name

Part = Literal["patient", "parameter", "trial", "structure"]
PARTS: tuple[Part, ...] = get_args(Part)
"""Patient: people differ. Parameter: figures are imprecise. Trial: clinics and trials differ.
Structure: rival model forms differ."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """The variance of one quantity (or difference) at one time, by where it comes from.

    ``variance`` holds the square of the quantity's unit for each of ``PARTS``; a part that was not
    looked at is absent, which is not the same as zero.
    """

    name: str
    time_h: float
    variance: Mapping[Part, float]

    def __post_init__(self) -> None:
        for part, value in self.variance.items():
            if part not in PARTS:
                raise unknown_name("part of the uncertainty", part, PARTS)
            if not (math.isfinite(value) and value >= 0):
                raise ParameterError(
                    f"variance of {self.name} from {part} must be finite and at least 0; "
                    f"got {value}. Leave out a part that was not computed."
                )
        object.__setattr__(self, "variance", MappingProxyType(dict(self.variance)))

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return math.fsum(self.variance.values())

    @property
    def sd(self) -> float:
        """The standard deviation of the whole, in the quantity's own unit."""
        return math.sqrt(self.total)

    def shares(self) -> dict[Part, float]:
        """Return each part's share of the variance, 0 to 1; all zero if there is no variance."""
        total = self.total
        return {
            part: (self.variance[part] / total if total > 0 else 0.0)
            for part in PARTS
            if part in self.variance
        }

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that were not looked at."""
        return tuple(part for part in PARTS if part not in self.variance)
