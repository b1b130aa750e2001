"""From samples, one row a patient, to curves with bands; shares of responders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.course.course import Caution, Course
from subside.course.curve import Array, Curve
from subside.course.names import quantity
from subside.errors import ParameterError

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
# Times summarized at once: a block of 10,000 float32 patients stays near 10 MB.
_BLOCK = 256
# Standard normal quantile of a two-sided 90 % interval.
_Z90 = 1.6448536269514722
MODERATE_NRS = 3.0

Samples = NDArray[np.floating[Any]]


def summarize(samples: ArrayLike, name: str, *, use: ArrayLike | None = None) -> Curve:
    """Return the median, bands, mean and standard deviation over patients.

    Args:
        samples: One row a patient. Shape ``(patient, time)``.
        name: A stable name; it gives the unit.
        use: Which rows count, shape ``(patient,)`` of bool. By default every row that is finite
            throughout: a failed patient is NaN and must not bend the curve.

    Returns:
        A curve; NaN throughout if no row can be used. The standard deviation is that of the rows
        at hand (divisor n), so one row has 0.

    Raises:
        ParameterError: If ``samples`` is not a table of rows and times.

    >>> summarize([[6.0, 3.0], [8.0, 5.0], [7.0, float("nan")]], "nrs_pain").median.tolist()
    [7.0, 4.0]
    """
    rows = np.asarray(samples)
    if rows.ndim != 2:
        raise ParameterError(
            f"samples of {name} must have shape (patient, time); got shape {rows.shape}. "
            "Pass one row a patient, also for a single one."
        )
    good = finite_rows(rows) if use is None else np.asarray(use, dtype=bool)
    n_times = rows.shape[1]
    q = np.full((len(QUANTILES), n_times), np.nan)
    mean, sd = np.full(n_times, np.nan), np.full(n_times, np.nan)
    if good.any():
        for start in range(0, n_times, _BLOCK):
            block = slice(start, min(start + _BLOCK, n_times))
            part = rows[good, block].astype(np.float64)
            q[:, block] = np.quantile(part, QUANTILES, axis=0)
            mean[block], sd[block] = part.mean(axis=0), part.std(axis=0)
    return Curve(
        name=name,
        unit=quantity(name).unit,
        low=q[0],
        low50=q[1],
        median=q[2],
        high50=q[3],
        high=q[4],
        mean=mean,
        sd=sd,
    )


def finite_rows(samples: ArrayLike) -> NDArray[np.bool_]:
    """Return which rows are finite throughout; shape ``(patient,)``."""
    return np.asarray(np.isfinite(np.asarray(samples)).all(axis=1))


def course_from_samples(
    times_h: ArrayLike,
    samples: Mapping[str, Samples],
    *,
    n_patients: int,
    seed: int,
    title: str,
    baseline_nrs_pain: ArrayLike | None = None,
    moderate_pain: bool = False,
    cautions: tuple[Caution, ...] = (),
    sources: tuple[str, ...] = (),
    worst_error: float | None = None,
    keep: bool = False,
) -> Course:
    """Return a course with curves for every quantity sampled.

    A row that is not finite in any one quantity counts as failed in all: half a patient is none.
    With ``baseline_nrs_pain`` (one value, or one a row) the response shares are added, with
    ``moderate_pain`` the share in pain of 3 or more.

    Raises:
        ParameterError: If the tables do not all have the same number of rows.
    """
    shapes = {rows.shape for rows in samples.values()}
    if len(shapes) != 1:
        raise ParameterError(
            f"samples must all have one shape (patient, time); got {sorted(shapes)}. "
            "Simulate every quantity for the same patients and times."
        )
    good = np.ones(next(iter(shapes))[0], dtype=bool)
    for rows in samples.values():
        good &= finite_rows(rows)
    curves = {name: summarize(rows, name, use=good) for name, rows in samples.items()}
    if baseline_nrs_pain is not None:
        before = np.broadcast_to(np.asarray(baseline_nrs_pain, dtype=np.float64), good.shape)
        for name, fraction in (("p_response_30", 0.3), ("p_response_50", 0.5)):
            curves[name] = response_share(
                samples["nrs_pain"][good], baseline=before[good], fraction=fraction, name=name
            )
    if moderate_pain:
        curves["p_moderate_pain"] = moderate_share(samples["nrs_pain"][good])
    return Course(
        times_h=np.asarray(times_h, dtype=np.float64),
        curves=curves,
        n_patients=n_patients,
        seed=seed,
        title=title,
        cautions=cautions,
        sources=sources,
        failed=int((~good).sum()),
        worst_error=worst_error,
        samples=samples if keep else None,
    )


def responded(nrs_pain: ArrayLike, *, baseline: ArrayLike, fraction: float) -> NDArray[np.bool_]:
    """Return who has at least this fraction less pain than at baseline; shape ``(patient, time)``.

    Pain of 0 at baseline cannot fall and never counts as a response.
    """
    pain = np.asarray(nrs_pain, dtype=np.float64)
    before = np.broadcast_to(np.asarray(baseline, dtype=np.float64), pain.shape[:1])[:, None]
    # A ratio would lose the rows exactly at the limit to rounding; 1e-9 points are nobody's pain.
    return (before - pain >= fraction * before - 1e-9) & (before > 0)


def response_share(
    nrs_pain: ArrayLike, *, baseline: ArrayLike, fraction: float, name: str
) -> Curve:
    """Return the share of rows with at least this fraction less pain than at baseline.

    Rows are patients (a share) or draws of one patient (a probability). Rows that are not finite
    are left out, not counted as failures to respond. ``low``/``high`` and ``low50``/``high50`` are
    Wilson intervals: how well so many rows fix the share. They hold no other uncertainty.

    Source: Wilson, J Am Stat Assoc 22 (1927) 209.
    """
    pain = np.asarray(nrs_pain, dtype=np.float64)
    known = np.isfinite(pain)
    hits = responded(pain, baseline=baseline, fraction=fraction) & known
    return share_curve(hits.sum(axis=0), known.sum(axis=0), name)


def in_moderate_pain(nrs_pain: ArrayLike) -> NDArray[np.bool_]:
    """Return who has pain of 3 or more, as people round it; shape ``(patient, time)``."""
    return np.asarray(nrs_pain, dtype=np.float64) >= MODERATE_NRS - 0.5


def moderate_share(nrs_pain: ArrayLike) -> Curve:
    """Return the share of rows with pain at rest of 3 or more, as people round it; intervals as above.

    Source: the limit of moderate pain after surgery, Fletcher et al., Eur J Anaesthesiol 32 (2015) 725.
    """
    known = np.isfinite(np.asarray(nrs_pain, dtype=np.float64))
    hits = in_moderate_pain(nrs_pain) & known
    return share_curve(hits.sum(axis=0), known.sum(axis=0), "p_moderate_pain")


def share_curve(hits: ArrayLike, n: ArrayLike, name: str) -> Curve:
    """Return the share ``hits / n`` at each time with its Wilson intervals, as ``response_share`` does."""
    met = np.asarray(hits, dtype=np.float64)
    rows = np.broadcast_to(np.asarray(n, dtype=np.float64), met.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(rows > 0, met / rows, np.nan)
    low, high = _wilson(share, rows, z=_Z90)
    low50, high50 = _wilson(share, rows, z=0.6744897501960817)
    return Curve(
        name=name,
        unit=quantity(name).unit,
        median=share,
        low=low,
        high=high,
        low50=low50,
        high50=high50,
        mean=share,
        sd=np.sqrt(share * (1.0 - share)),
    )


def _wilson(share: Array, n: Array, *, z: float) -> tuple[Array, Array]:
    with np.errstate(invalid="ignore", divide="ignore"):
        shrink = 1.0 + z * z / n
        middle = (share + z * z / (2.0 * n)) / shrink
        half = z / shrink * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
