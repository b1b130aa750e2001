"""``course.parquet`` (or ``.csv``): one value a row (patient, time_h, name, value, unit), written in pieces.

Ten thousand patients on full curves are a hundred million rows: they are written a few patients at
a time, so the table is never whole in memory. Needs pyarrow, imported when a table is written or
read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.course.course import Course
from subside.course.names import quantity
from subside.errors import MissingExtraError, ParameterError

COLUMNS = ("patient", "time_h", "name", "value", "unit")
# Rows written at once: about 30 MB of Arrow arrays.
ROWS_PER_GROUP = 1_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """What a table holds, back as samples: ``values[name]`` of shape ``(patient, time)``."""

    times_h: NDArray[np.float64]
    patients: NDArray[np.int32]
    values: Mapping[str, NDArray[np.float32]]
    units: Mapping[str, str]
    about: Mapping[str, Any]


def write_table(path: str | Path, course: Course) -> Path:
    """Write the samples of a course as ``course.parquet`` and return its path.

    ``patient`` counts from 0; for one patient it counts draws of what is not known (the file's
    metadata ``subside`` says which). Values are float32; a failed patient keeps its rows, as NaN.
    The file appears under its name only when it is whole.

    Raises:
        ParameterError: If the course keeps no samples.
        MissingExtraError: If pyarrow is not installed.
    """
    if not course.samples:
        raise ParameterError(
            "course.parquet needs a course with its samples; got one with summaries only. "
            "Simulate with full curves kept."
        )
    arrow, parquet = _pyarrow()
    target = Path(path)
    part = target.with_name(target.name + ".part")
    names = list(course.samples)
    about = {
        "format": 1,
        "title": course.title,
        "seed": course.seed,
        "patients": course.n_patients,
        "failed": course.failed,
        "rows_are": "draws of one patient" if course.of_one_patient else "patients",
    }
    text = arrow.dictionary(arrow.int16(), arrow.string())
    schema = arrow.schema(
        [
            ("patient", arrow.int32()),
            ("time_h", arrow.float64()),
            ("name", text),
            ("value", arrow.float32()),
            ("unit", text),
        ],
        metadata={"subside": json.dumps(about)},
    )
    try:
        with parquet.ParquetWriter(part, schema, compression="zstd") as writer:
            for piece in _pieces(course, names, arrow):
                writer.write_table(arrow.table(piece, schema=schema))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def write_csv(path: str | Path, course: Course) -> Path:
    """Write the samples of a course as text, the columns of ``course.parquet``, and return its path.

    A failed patient keeps its rows; what could not be computed is an empty field. About twenty times
    the size of the Parquet file: for programs that read nothing else. The file appears when it is whole.

    Raises:
        ParameterError: If the course keeps no samples.
    """
    if not course.samples:
        raise ParameterError(
            "course.csv needs a course with its samples; got one with summaries only. "
            "Simulate with full curves kept."
        )
    target = Path(path)
    part = target.with_name(target.name + ".part")
    times = [f"{t:.10g}" for t in course.times_h]
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(",".join(COLUMNS) + "\n")
            for patient in range(course.rows):
                for name, rows in course.samples.items():
                    unit = quantity(name).unit
                    file.writelines(
                        f"{patient},{t},{name},{_digits(v)},{unit}\n"
                        for t, v in zip(times, rows[patient], strict=True)
                    )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _digits(value: float) -> str:
    return f"{value:.7g}" if np.isfinite(value) else ""  # float32 holds no more


def _pieces(course: Course, names: list[str], arrow: Any) -> Iterator[dict[str, Any]]:
    """A few patients at a time, as columns."""
    samples = course.samples or {}
    n_times, n_names = len(course.times_h), len(names)
    n_rows = course.rows
    step = max(1, ROWS_PER_GROUP // max(1, n_times * n_names))
    units = [quantity(name).unit for name in names]
    kinds = sorted(set(units))
    unit_codes = np.array([kinds.index(u) for u in units], dtype=np.int16)
    for start in range(0, n_rows, step):
        stop = min(start + step, n_rows)
        count = stop - start
        # (patient, name, time): one patient's curves stay together, one after the other.
        block = np.stack([samples[name][start:stop] for name in names], axis=1)
        per_name = np.repeat(np.arange(n_names, dtype=np.int16), n_times)
        yield {
            "patient": np.repeat(np.arange(start, stop, dtype=np.int32), n_times * n_names),
            "time_h": np.tile(course.times_h, count * n_names),
            "name": arrow.DictionaryArray.from_arrays(np.tile(per_name, count), names),
            "value": block.astype(np.float32).reshape(-1),
            "unit": arrow.DictionaryArray.from_arrays(np.tile(unit_codes[per_name], count), kinds),
        }


def read_table(path: str | Path, *, names: Collection[str] | None = None) -> Table:
    """Return what ``write_table`` wrote; ``names`` picks some quantities and saves memory.

    Raises:
        ParameterError: If a column is missing, or patients do not share one grid of times.
        MissingExtraError: If pyarrow is not installed.
    """
    _, parquet = _pyarrow()
    with parquet.ParquetFile(path) as file:
        found = file.schema_arrow.names
        missing = [column for column in COLUMNS if column not in found]
        if missing:
            raise ParameterError(
                f"{path} must have the columns {', '.join(COLUMNS)}; {', '.join(missing)} is "
                "not among them. Read a file that `subside simulate --out` wrote."
            )
        about = json.loads((file.schema_arrow.metadata or {}).get(b"subside", b"{}"))
        gathered: dict[str, list[NDArray[np.float32]]] = {}
        patients: list[NDArray[np.int32]] = []
        times: NDArray[np.float64] | None = None
        units: dict[str, str] = {}
        for index in range(file.num_row_groups):
            times = _read_group(file.read_row_group(index), names, gathered, patients, units, times)
    if times is None:
        times = np.empty(0)
    return Table(
        times_h=times,
        patients=np.concatenate(patients) if patients else np.empty(0, dtype=np.int32),
        values={name: np.concatenate(parts) for name, parts in gathered.items()},
        units=units,
        about=about,
    )


def _read_group(
    group: Any,
    names: Collection[str] | None,
    gathered: dict[str, list[NDArray[np.float32]]],
    patients: list[NDArray[np.int32]],
    units: dict[str, str],
    times: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Add one row group to what was gathered; returns the grid of times."""
    who = group["patient"].to_numpy()
    when = group["time_h"].to_numpy()
    coded = group["name"].combine_chunks().dictionary_encode()
    codes, known = coded.indices.to_numpy(), coded.dictionary.to_pylist()
    unit = group["unit"]
    value = group["value"].to_numpy()
    these = np.unique(who)
    patients.append(these)
    for code, name in enumerate(known):
        rows = np.flatnonzero(codes == code)
        if len(rows) == 0 or (names is not None and name not in names):
            continue
        grid = np.unique(when[rows])
        if times is None:
            times = grid
        if not np.array_equal(grid, times) or len(rows) != len(grid) * len(these):
            raise ParameterError(
                f"every patient must have {name} at the same times; got {len(rows)} values for "
                f"{len(these)} patients and {len(grid)} times. Read a file that "
                "`subside simulate --out` wrote."
            )
        order = np.lexsort((when[rows], who[rows]))
        gathered.setdefault(name, []).append(
            value[rows][order].reshape(len(these), len(grid)).astype(np.float32)
        )
        units[name] = unit[int(rows[0])].as_py()
    return times if times is not None else np.empty(0)


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("table", needed_for="A table (course.parquet)") from error
    return pyarrow, pyarrow.parquet
