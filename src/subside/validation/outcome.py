"""One published outcome beside the model's answer."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """An observed figure, what the model says of it, and how simple rivals would have done.

    Attributes:
        figure: Id of the evidence.
        what: In words, with the unit.
        observed, se: The figure and its standard error; None where none is known.
        predicted: The model's median.
        low, high: 5th and 95th percentile of what a new study would report: uncertainty of the
            model, differences between trials, and the error of the observed figure.
        used_to_fit: Whether the figure (or its trial) shaped the parameters.
        never, always: What "it never works" and "it always works as in the best trial" predict;
            None where they say nothing.
        note: What a reader must know.
    """

    figure: str
    what: str
    observed: float
    se: float | None
    predicted: float
    low: float
    high: float
    used_to_fit: bool
    note: str = ""
    never: float | None = None
    always: float | None = None

    @property
    def covered(self) -> bool:
        """Whether the observed figure lies within the 90 % interval."""
        return self.low <= self.observed <= self.high

    @property
    def spread(self) -> float:
        """Standard deviation of the prediction, from its 90 % interval."""
        return max((self.high - self.low) / (2 * 1.6448536269514722), 1e-9)

    def score(self, predicted: float | None = None) -> float | None:
        """Return the continuous ranked probability score, in the figure's unit; smaller is better.

        Of the model's own prediction, or of another number given the same spread.

        Source: Gneiting & Raftery, J Am Stat Assoc 102 (2007) 359, eq. for the normal.
        """
        center = 0.5 * (self.low + self.high) if predicted is None else predicted
        z = (self.observed - center) / self.spread
        density = math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
        below = 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))
        return self.spread * (z * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi))

    @property
    def verdict(self) -> str:
        """In a word: ``covered``, ``too high`` or ``too low``."""
        if self.covered:
            return "covered"
        return "too high" if self.predicted > self.observed else "too low"
