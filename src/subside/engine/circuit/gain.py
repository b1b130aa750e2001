"""What the spinal cord multiplies an injury's input by, as slow models read it: a small table.

``circuit.bridge`` probes the circuit and writes the table; here nothing is simulated or compiled.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.errors import ParameterError

TABLE: Final = Path(__file__).with_name("gain.json")
HALF_UM: Final = 2.0  # bends the axis of ketamine; near its half effect on wind-up


@dataclass(frozen=True)
class Gain:
    """The emulated gain.

    Attributes:
        coefficients: Of the polynomial in ``terms``, for the logarithm of the gain. Shape ``(term,)``.
        error: Root mean square of the logarithm's error on points left out: 0.05 is 5 %.
        spread: SD over members of the logarithm of the gain, averaged over the design.
        members: How many members were probed.
        sensitized_spread: SD over members of the logarithm of the gain at full sensitization, without
            drug and with the brain stem intact.
    """

    coefficients: NDArray[np.float64]
    error: float
    spread: float
    members: int
    sensitized_spread: float

    def __call__(
        self, sensitization: ArrayLike, *, ketamine_um: ArrayLike = 0.0, descending: ArrayLike = 1.0
    ) -> NDArray[np.float64]:
        """Return the gain, 1 in the healthy cord without drug.

        Args:
            sensitization: 0 to 1.
            ketamine_um: Racemic ketamine, unbound, in µM, 0 to 3: the tested range.
            descending: Share of control from the brain stem left, 0 to 1.

        Raises:
            ParameterError: Outside the tested range.
        """
        s, um, d = (np.asarray(x, dtype=np.float64) for x in (sensitization, ketamine_um, descending))
        for name, x, high in (("sensitization", s, 1.0), ("ketamine_um", um, 3.0), ("descending", d, 1.0)):
            if not ((x >= 0.0) & (x <= high)).all():
                raise ParameterError(
                    f"{name} must lie between 0 and {high:g}, where the circuit was probed; got {x}. "
                    "Run the circuit itself beyond that."
                )
        return np.asarray(np.exp(terms(s, um, d) @ self.coefficients), dtype=np.float64)


def terms(s: NDArray[np.float64], um: NDArray[np.float64], d: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the terms of the polynomial; all are 0 in the healthy cord, so that its gain is 1."""
    k, c = um / (um + HALF_UM), 1.0 - d
    return np.stack(
        np.broadcast_arrays(s, s * s, k, k * k, c, c * c, s * k, s * c, k * c, s * s * k), axis=-1
    )


@functools.cache
def gain() -> Gain:
    """Return the shipped gain."""
    stored: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return Gain(
        np.array(stored["coefficients"]), stored["error"], stored["spread"], stored["members"],
        stored["sensitized_spread"],
    )  # fmt: skip


def spinal_log_gain() -> tuple[float, float]:
    """Return (a, b) of the cord's own part of the gain: log gain = a S + b S^2.

    Without drug and with control from the brain stem intact; S is the sensitization, 0 to 1. How much
    people's cords differ in it: ``spinal_spread``.
    """
    a, b = gain().coefficients[:2]
    return float(a), float(b)


def spinal_spread() -> float:
    """Return the SD between members of the cord's log gain at full sensitization (S = 1)."""
    return gain().sensitized_spread
