"""The bridge to slow models: what the cord multiplies an injury's input by, as a small table.

The circuit takes a second a probe; a year of a patient's life cannot wait for it. So it is probed over a
design of sensitization, free ketamine and descending control, and its gain is kept: spikes of deep cells
in a train of 16 C volleys at 1 Hz, relative to the healthy cord without drug. Between the points of the
design a polynomial in the logarithm of the gain stands for the circuit; its error is measured on points
that were left out, and travels with the table.

``python -m subside.engine.circuit.bridge`` rebuilds the table.
"""

from __future__ import annotations

import argparse
import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.engine.circuit.ensemble import ensemble
from subside.engine.circuit.members import Cord, Member
from subside.engine.circuit.probes import Bench
from subside.engine.circuit.simulate import over_threads
from subside.errors import ParameterError

TABLE: Final = Path(__file__).with_name("gain.json")
SENSITIZATION: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
KETAMINE_UM: Final = (0.0, 0.3, 1.0, 3.0)
DESCENDING: Final = (0.0, 0.5, 1.0)
SENSITIZED: Final = (1.0, 0.0, 1.0)  # fully, without drug, the brain stem intact
HALF_UM: Final = 2.0  # bends the axis of ketamine; near its half effect on wind-up


@dataclass(frozen=True)
class Gain:
    """The emulated gain.

    Attributes:
        coefficients: Of the polynomial in ``_terms``, for the logarithm of the gain. Shape ``(term,)``.
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
        return np.asarray(np.exp(_terms(s, um, d) @ self.coefficients), dtype=np.float64)


def _terms(s: NDArray[np.float64], um: NDArray[np.float64], d: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the terms of the polynomial; all are 0 in the healthy cord, so that its gain is 1."""
    k, c = um / (um + HALF_UM), 1.0 - d
    return np.stack(
        np.broadcast_arrays(s, s * s, k, k * k, c, c * c, s * k, s * c, k * c, s * s * k), axis=-1
    )


def probe(members: Sequence[Member], design: Sequence[tuple[float, float, float]]) -> NDArray[np.float64]:
    """Return the logarithm of the gain of each member at each point. Shape ``(point, member)``."""

    def totals(s: float, um: float, d: float) -> NDArray[np.float64]:
        cord = Cord(sensitization=s, ketamine_um=um, descending=d)
        jobs = [lambda m=m: Bench(m).train(1.0, cord).sum() for m in members]  # type: ignore[misc]
        return np.array(over_threads(jobs))

    bare = totals(0.0, 0.0, 1.0)
    return np.log(np.array([totals(*point) for point in design]) / bare)


def fit(design: Sequence[tuple[float, float, float]], gains: NDArray[np.float64]) -> Gain:
    """Return the polynomial through the mean over members, with the error of leaving each point out."""
    points = np.array(design)
    x, y = _terms(*points.T), gains.mean(axis=1)
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    # Leaving point k out of least squares changes its residual by 1 / (1 - leverage).
    leverage = np.einsum("ij,ji->i", x, np.linalg.pinv(x))
    left_out = (y - x @ coefficients) / (1.0 - leverage)
    spread = gains.std(axis=1, ddof=1)
    return Gain(
        coefficients, float(np.sqrt((left_out**2).mean())), float(spread.mean()), gains.shape[1],
        float(spread[list(design).index(SENSITIZED)]) if SENSITIZED in design else float("nan"),
    )  # fmt: skip


def full_design() -> list[tuple[float, float, float]]:
    """Return every point of the shipped table, the healthy cord without drug left out."""
    points = [(s, um, d) for s in SENSITIZATION for um in KETAMINE_UM for d in DESCENDING]
    return [p for p in points if p != (0.0, 0.0, 1.0)]


@functools.cache
def gain() -> Gain:
    """Return the shipped gain."""
    text = files("subside.engine.circuit").joinpath("gain.json").read_text(encoding="utf-8")
    stored: dict[str, Any] = json.loads(text)
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


def main() -> None:
    """Probe, fit and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--members", type=int, default=len(ensemble()))
    options = parser.parse_args()
    design = full_design()
    found = fit(design, probe(ensemble()[: options.members], design))
    stored = {
        "coefficients": found.coefficients.round(5).tolist(),
        "error": round(found.error, 4),
        "spread": round(found.spread, 4),
        "members": found.members,
        "sensitized_spread": round(found.sensitized_spread, 4),
    }
    TABLE.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(stored))


if __name__ == "__main__":
    main()
