"""The result of ``simulate --json`` and ``compare --json``; no envelope, which the CLI adds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from subside.course.comparison import Comparison
from subside.course.course import Course
from subside.course.curve import Curve
from subside.course.split import Split

# Full curves come from float32; more digits than it holds would be noise in the file.
_SIGNIFICANT = 7


def _number(value: float) -> float | None:
    """A finite number, shortened; None (JSON null) for NaN, which JSON does not know."""
    number = float(value)
    return float(f"{number:.{_SIGNIFICANT}g}") if math.isfinite(number) else None


def _series(values: Iterable[float]) -> list[float | None]:
    return [_number(v) for v in values]


def curve_result(curve: Curve) -> dict[str, Any]:
    """Return one curve: unit, median, low and high (5th, 95th percentile), mean, sd."""
    return {
        "unit": curve.unit,
        "median": _series(curve.median),
        "low": _series(curve.low),
        "high": _series(curve.high),
        "mean": _series(curve.mean),
        "sd": _series(curve.sd),
    }


def _values(curves: Mapping[str, Curve]) -> dict[str, Any]:
    return {name: curve_result(curve) for name, curve in curves.items()}


def simulate_result(course: Course) -> dict[str, Any]:
    """Return the ``result`` of ``simulate --json``.

    Beside ``times_h`` and ``values``: how many patients, how many of them failed, and the worst
    error of those re-solved, so that a failed patient is never a silent one.
    """
    return {
        "times_h": _times(course.times_h),
        "values": _values(course.curves),
        "patients": course.n_patients,
        "failed": course.failed,
        "worst_error": None if course.worst_error is None else _number(course.worst_error),
    }


def compare_result(comparison: Comparison) -> dict[str, Any]:
    """Return the ``result`` of ``compare --json``: arms, and paired differences by arm names."""
    result: dict[str, Any] = {
        "times_h": _times(comparison.times_h),
        "arms": {
            name: {
                "values": _values(arm.curves),
                "patients": arm.n_patients,
                "failed": arm.failed,
            }
            for name, arm in comparison.arms.items()
        },
        "differences": {
            label: _values(curves) for label, curves in comparison.differences.items()
        },
    }
    if comparison.chances:
        result["chances"] = {
            label: [
                {
                    "name": c.name,
                    "time_h": c.time_h,
                    "at_least": c.at_least,
                    "probability": _number(c.probability),
                }
                for c in chances
            ]
            for label, chances in comparison.chances.items()
        }
    return result


def split_result(splits: Iterable[Split]) -> list[dict[str, Any]]:
    """Return uncertainty splits: variance and its share by part, and the parts not looked at."""
    return [
        {
            "name": split.name,
            "time_h": split.time_h,
            "variance": dict(split.variance),
            "share": split.shares(),
            "not_computed": list(split.missing),
        }
        for split in splits
    ]


def _times(times_h: Iterable[float]) -> list[float]:
    # Times are asked for in days and minutes; ten digits keep 40 min distinct from 0.6666667 h.
    return [float(f"{float(t):.10g}") for t in times_h]
