"""Courses as labeled arrays and tables: xarray for arrays with dimensions, pandas for rows.

Both belong to the optional part ``cohort`` and load only when a course is turned into one. The names of
dimensions stand here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from subside.course.curve import Curve
from subside.course.names import quantity
from subside.errors import MissingExtraError, ParameterError, unknown_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from subside.course.comparison import Comparison
    from subside.course.course import Course

TIME, PATIENT, DRAW, STATISTIC, ARM, DIFFERENCE = "time", "patient", "draw", "statistic", "arm", "difference"
#: What a summary holds at each time, in the order of the dimension ``statistic``.
STATISTICS = tuple(field.name for field in fields(Curve)[2:])


def course_dataset(course: Course, *, samples: bool = False, names: Collection[str] | None = None) -> xr.Dataset:
    """Return a course as a dataset, one variable a quantity with its unit.

    Args:
        course: Its curves, or its samples.
        samples: Full curves, dimensions ``(patient, time)`` (``(draw, time)`` for one patient);
            otherwise summaries, dimensions ``(statistic, time)``.
        names: Quantities wanted; all by default.

    Raises:
        ParameterError: If samples are asked for and the course keeps none.
        UnknownNameError: If a quantity is not in the course.
        MissingExtraError: If xarray is not installed.
    """
    load = _xarray()
    first = row_dimension(course) if samples else STATISTIC
    rows = kept_samples(course) if samples else course.curves
    variables = {
        name: ((first, TIME), rows[name] if samples else stacked(course.curves[name]), _about(name))
        for name in chosen(rows, names)
    }
    label = np.arange(course.rows, dtype=np.int32) if samples else list(STATISTICS)
    found: xr.Dataset = load.Dataset(
        variables, coords={first: label, TIME: _time(course)}, attrs=attributes(course)
    )
    return found


def comparison_dataset(
    comparison: Comparison, *, differences: bool = False, names: Collection[str] | None = None
) -> xr.Dataset:
    """Return the summaries of all arms, dimensions ``(arm, statistic, time)``.

    With ``differences`` the paired differences instead, dimensions ``(difference, statistic, time)``,
    labeled ``case - placebo`` and so on. A quantity must be in every arm to be here.
    """
    load = _xarray()
    tables = _tables(comparison, differences)
    first = DIFFERENCE if differences else ARM
    shared = [n for n in next(iter(tables.values()), {}) if all(n in t for t in tables.values())]
    variables = {
        name: (
            (first, STATISTIC, TIME),
            np.stack([stacked(table[name]) for table in tables.values()]),
            _about(name),
        )
        for name in chosen(dict.fromkeys(shared), names)
    }
    course = next(iter(comparison.arms.values()))
    coords = {first: list(tables), STATISTIC: list(STATISTICS), TIME: _time(course)}
    found: xr.Dataset = load.Dataset(
        variables, coords=coords, attrs={**attributes(course), "title": "Comparison"}
    )
    return found


def course_frame(course: Course, *, samples: bool = False, names: Collection[str] | None = None) -> pd.DataFrame:
    """Return a course as a long table, one row a quantity and time.

    Columns ``time_h, name, unit`` and the statistics; with ``samples`` the columns of
    ``course.parquet``: ``patient, time_h, name, value, unit`` (``patient`` counts draws for one patient).
    """
    pd = _pandas()
    times = course.times_h
    if not samples:
        return pd.concat([_curve_frame(pd, times, course.curves[n]) for n in chosen(course.curves, names)],
                         ignore_index=True)  # fmt: skip
    rows = kept_samples(course)
    who = np.repeat(np.arange(course.rows, dtype=np.int32), len(times))
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "patient": who, "time_h": np.tile(times, course.rows), "name": name,
                    "value": np.asarray(rows[name]).reshape(-1), "unit": quantity(name).unit,
                }
            )
            for name in chosen(rows, names)
        ],
        ignore_index=True,
    )  # fmt: skip


def comparison_frame(
    comparison: Comparison, *, differences: bool = False, names: Collection[str] | None = None
) -> pd.DataFrame:
    """Return the summaries of all arms as one long table with a column ``arm`` (or ``difference``)."""
    pd = _pandas()
    first = DIFFERENCE if differences else ARM
    parts = []
    for label, table in _tables(comparison, differences).items():
        for name in chosen(table, names):
            part = _curve_frame(pd, comparison.times_h, table[name])
            part.insert(0, first, label)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def row_dimension(course: Course) -> str:
    """Return what the rows of the samples are: ``draw`` of one patient, or ``patient``."""
    return DRAW if course.of_one_patient else PATIENT


def stacked(curve: Curve) -> Any:
    """Return the statistics of a curve, shape ``(statistic, time)``."""
    return np.stack([getattr(curve, name) for name in STATISTICS])


def attributes(course: Course) -> dict[str, Any]:
    """Return what must travel with the numbers, as text and numbers that files can hold."""
    return {
        "title": course.title,
        "patients": course.n_patients,
        "rows_are": "draws of what is not known of one patient" if course.of_one_patient else "patients",
        "seed": course.seed,
        "failed": course.failed,
        "warnings": "\n".join(caution.text for caution in course.cautions),
        "sources": "\n".join(course.sources),
        "bands": "low, high: 5th and 95th percentile; low50, high50: 25th and 75th",
        "note": "decision support and research software, not a medical device",
    }


def kept_samples(course: Course) -> Mapping[str, Any]:
    """Return the samples of a course.

    Raises:
        ParameterError: If it keeps none.
    """
    if not course.samples:
        raise ParameterError(
            "full curves need a course with its samples; got one with summaries only. "
            "Simulate with keep=True, or leave out samples=True."
        )
    return course.samples


def chosen(known: Collection[str], names: Collection[str] | None) -> list[str]:
    """Return the names wanted, in the order asked for; all that are known by default.

    Raises:
        UnknownNameError: If one is not known; suggests the nearest.
    """
    if names is None:
        return list(known)
    wanted = [names] if isinstance(names, str) else list(names)
    for name in wanted:
        if name not in known:
            raise unknown_name("curve", name, known)
    return wanted


def _tables(comparison: Comparison, differences: bool) -> dict[str, Mapping[str, Curve]]:
    if differences:
        return dict(comparison.differences)
    return {name: arm.curves for name, arm in comparison.arms.items()}


def _curve_frame(pd: Any, times_h: Any, curve: Curve) -> Any:
    columns = {name: getattr(curve, name) for name in STATISTICS}
    return pd.DataFrame({"time_h": times_h, "name": curve.name, "unit": curve.unit, **columns})


def _time(course: Course) -> tuple[str, Any, dict[str, str]]:
    return (TIME, course.times_h, {"units": "h", "long_name": "time from the start of the first infusion"})


def _about(name: str) -> dict[str, str]:
    known = quantity(name)
    return {"units": known.unit, "long_name": known.label, "description": known.description}


def _xarray() -> Any:
    try:
        import xarray
    except ImportError as error:
        raise MissingExtraError("cohort", needed_for="A labeled dataset (to_xarray)") from error
    return xarray


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise MissingExtraError("cohort", needed_for="A pandas table (to_pandas)") from error
    return pandas
