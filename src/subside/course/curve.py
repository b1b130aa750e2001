"""One quantity over time with its bands."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.errors import ParameterError

Array = NDArray[np.float64]


def frozen_array(values: ArrayLike, *, name: str) -> Array:
    """Return a read-only float64 copy; ``name`` is for the message if it is not one series."""
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1:
        raise ParameterError(
            f"{name} must be one series of numbers, shape (time,); got shape {array.shape}. "
            "Summarize samples first with subside.course.summarize()."
        )
    array.setflags(write=False)
    return array


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """One quantity over time: middle, bands, mean and spread; every array has shape ``(time,)``.

    ``low`` and ``high`` are the 5th and 95th percentile (a 90 % band), ``low50`` and ``high50``
    the 25th and 75th (a 50 % band), ``sd`` the standard deviation. What the band spans (what is
    not known of one patient, or patients as well) is said by the course that holds the curve. A
    time at which nothing could be computed holds NaN.
    """

    name: str
    unit: str
    median: Array
    low: Array
    high: Array
    low50: Array
    high50: Array
    mean: Array
    sd: Array

    def __post_init__(self) -> None:
        for field in fields(self)[2:]:
            frozen = frozen_array(getattr(self, field.name), name=f"{self.name}.{field.name}")
            object.__setattr__(self, field.name, frozen)
            if frozen.shape != self.median.shape:
                raise ParameterError(
                    f"{self.name}.{field.name} must have one value a time like the median, "
                    f"shape {self.median.shape}; got shape {frozen.shape}. "
                    "Use one grid of times for a whole course."
                )

    def __len__(self) -> int:
        return len(self.median)

    @classmethod
    def exact(cls, name: str, unit: str, values: ArrayLike) -> Curve:
        """Return a curve without spread: a typical line (``--typical``) or a known value."""
        line = np.asarray(values, dtype=np.float64)
        return cls(
            name=name,
            unit=unit,
            median=line,
            low=line,
            high=line,
            low50=line,
            high50=line,
            mean=line,
            sd=np.where(np.isfinite(line), 0.0, np.nan),
        )

    @property
    def has_band(self) -> bool:
        """Whether any time has a spread; false for a typical line."""
        return bool(np.any(self.high > self.low))
