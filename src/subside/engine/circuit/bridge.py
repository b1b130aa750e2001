"""The bridge to slow models: what the cord multiplies an injury's input by, as a small table.

The circuit takes a second a probe; a year of a patient's life cannot wait for it. So it is probed over a
design of sensitization, free ketamine and descending control, and its gain is kept: spikes of deep cells
in a train of 16 C volleys at 1 Hz, relative to the healthy cord without drug. Between the points of the
design a polynomial in the logarithm of the gain stands for the circuit; its error is measured on points
that were left out, and travels with the table.

``python -m subside.engine.circuit.bridge`` rebuilds the table; with ``--what-if`` it writes nothing and prints
what the gain at full sensitization would be with each design size of sensitization halved and doubled.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.ensemble import ensemble
from subside.engine.circuit.gain import TABLE, Gain, terms
from subside.engine.circuit.members import Cord, Member
from subside.engine.circuit.probes import Bench
from subside.engine.circuit.simulate import over_threads

SENSITIZATION: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
KETAMINE_UM: Final = (0.0, 0.3, 1.0, 3.0)
DESCENDING: Final = (0.0, 0.5, 1.0)
SENSITIZED: Final = (1.0, 0.0, 1.0)  # fully, without drug, the brain stem intact


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
    x, y = terms(*points.T), gains.mean(axis=1)
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


def what_if(members: Sequence[Member]) -> dict[str, tuple[float, float]]:
    """Return the gain at full sensitization with each of its design sizes halved and doubled.

    A mean over members, geometric; by name of the size in ``Cord``.
    """

    def total(cord: Cord) -> NDArray[np.float64]:
        jobs = [lambda m=m: Bench(m).train(1.0, cord).sum() for m in members]  # type: ignore[misc]
        return np.log(np.array(over_threads(jobs)))

    bare = total(Cord())
    return {
        name: (gains[0], gains[1])
        for name in ("nmda_rise", "c_rise", "chloride_rise_mv")
        for gains in [
            [
                float(np.exp((total(Cord(sensitization=1.0, **{name: by * getattr(Cord(), name)})) - bare).mean()))
                for by in (0.5, 2.0)
            ]
        ]
    }


def main() -> None:
    """Probe, fit and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--members", type=int, default=len(ensemble()))
    parser.add_argument("--what-if", action="store_true", help="halve and double the sizes of sensitization")
    options = parser.parse_args()
    if options.what_if:
        print({name: [round(x, 2) for x in both] for name, both in what_if(ensemble()[: options.members]).items()})
        return
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
