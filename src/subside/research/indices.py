"""Which inputs move an output: Sobol and Morris indices of any function of independent inputs (SALib).

Sources: Sobol 2001, Math Comput Simul 55:271; Saltelli 2010, Comput Phys Commun 181:259; Jansen 1999,
Comput Phys Commun 117:35; Morris 1991, Technometrics 33:161; Campolongo 2007, Environ Model Softw 22:1509.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.errors import MissingExtraError, ParameterError

Array = NDArray[np.float64]
#: From points of the unit cube, shape ``(point, input)``, to one output each, shape ``(point,)``.
Function = Callable[[Array], Array]

LEVELS = 4  # of a Morris design
CONFIDENCE = 0.90


@dataclass(frozen=True, kw_only=True)
class Index:
    """How much one input matters; of Sobol or of Morris, the other's fields are None.

    Attributes:
        first: Share of the output's variance that the input explains alone.
        total: Share that would remain if all others were known: alone and together with others.
        mu_star: Mean size of the output's change as the input crosses its range, elsewhere held.
        sigma: Standard deviation of that change: large beside ``mu_star``, the input interacts or bends.
        first_error, total_error, mu_star_error: Half of a 90 % interval, by bootstrap.
    """

    name: str
    first: float | None = None
    first_error: float | None = None
    total: float | None = None
    total_error: float | None = None
    mu_star: float | None = None
    mu_star_error: float | None = None
    sigma: float | None = None

    @property
    def rank_by(self) -> float:
        """What a table is sorted by."""
        return float(self.total if self.total is not None else self.mu_star or 0.0)


def sobol(function: Function, names: Sequence[str], *, n: int = 512, seed: int = 1) -> tuple[Index, ...]:
    """Return first-order and total indices of each input, uniform on 0 to 1.

    Args:
        function: Called once, with ``n * (len(names) + 2)`` points.
        names: Of the inputs, in the order of the columns.
        n: Base points, a power of two.
        seed: Scrambles the sequence and keys the bootstrap.

    Raises:
        ParameterError: If ``n`` is no power of two.
        MissingExtraError: If SALib is not installed.
    """
    if n < 2 or n & (n - 1):
        raise ParameterError(
            f"base points of a Sobol sequence must be a power of two; got {n}. Try 256, 512 or 1024."
        )
    sample, analyze = _salib("sobol")
    problem = _problem(names)
    points = sample.sample(problem, n, calc_second_order=False, seed=seed)
    y = _evaluated(function, points)
    if _still(y):
        return tuple(Index(name=name, first=0.0, first_error=0.0, total=0.0, total_error=0.0) for name in names)
    # Centered: the estimators lose digits where the mean is far from zero.
    found = analyze.analyze(
        problem, y - y.mean(), calc_second_order=False, conf_level=CONFIDENCE, seed=seed, num_resamples=200
    )
    return tuple(
        Index(
            name=name,
            first=float(found["S1"][i]),
            first_error=float(found["S1_conf"][i]),
            total=float(found["ST"][i]),
            total_error=float(found["ST_conf"][i]),
        )
        for i, name in enumerate(names)
    )


def morris(function: Function, names: Sequence[str], *, n: int = 64, seed: int = 1) -> tuple[Index, ...]:
    """Return Morris' elementary effects of each input, over its whole range.

    Args:
        function: Called once, with ``n * (len(names) + 1)`` points.
        names: Of the inputs, in the order of the columns.
        n: Trajectories.
        seed: Of the trajectories and the bootstrap.
    """
    if n < 2:
        raise ParameterError(f"trajectories must be at least 2; got {n}. Try 32 or 64.")
    sample, analyze = _salib("morris")
    problem = _problem(names)
    points = sample.sample(problem, n, num_levels=LEVELS, seed=seed)
    y = _evaluated(function, points)
    found = analyze.analyze(
        problem, points, y, conf_level=CONFIDENCE, num_levels=LEVELS, seed=seed, num_resamples=200
    )
    return tuple(
        Index(
            name=name,
            mu_star=float(found["mu_star"][i]),
            mu_star_error=float(found["mu_star_conf"][i]),
            sigma=float(found["sigma"][i]),
        )
        for i, name in enumerate(names)
    )


def _evaluated(function: Function, points: Array) -> Array:
    y = np.asarray(function(points), dtype=np.float64)
    bad = int(np.count_nonzero(~np.isfinite(y)))
    if bad:
        raise ParameterError(
            f"every point of a sensitivity design must give a finite output; {bad} of {len(y)} did not. "
            "Choose another time or endpoint."
        )
    return y


def _still(y: Array) -> bool:
    return bool(np.ptp(y) <= 1e-12 * max(1.0, float(np.abs(y).max())))


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _salib(method: str) -> tuple[Any, Any]:
    try:
        from importlib import import_module

        return import_module(f"SALib.sample.{method}"), import_module(f"SALib.analyze.{method}")
    except ImportError as error:
        raise MissingExtraError("cohort", needed_for="A sensitivity analysis") from error
