"""A population as a Parquet file: one row a person, one column a quantity, what keyed it in the metadata."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from subside.engine.population.virtual import Population
from subside.errors import MissingExtraError, ParameterError

__all__ = ["read_population", "write_population"]

FORMAT = 1
_KEY = b"subside.population"
_NEEDED = ("patient", "age_years", "weight_kg", "opioids_mg_per_d", "benzodiazepine")
_WORDS = ("sex", "condition", "hypertension")


def write_population(path: str | PathLike[str], population: Population) -> Path:
    """Return the path of the file written; it appears under its name only when it is whole.

    Numbers are kept bit for bit; what is not stated of a person is null.
    """
    from subside import __version__

    arrow, parquet = _arrow()
    columns: dict[str, Any] = {"patient": arrow.array(population.numbers)}
    for name, words in population.words.items():
        columns[name] = arrow.array(words.astype(object), type=arrow.string())
    for name, values in population.columns.items():
        columns[name] = arrow.array(values, mask=np.isnan(values))
    about = {
        "format": FORMAT,
        "subside": __version__,
        "title": population.title,
        "study": population.study,
        "seed": population.seed,
        "rows": list(population.rows),
    }
    table = arrow.table(columns).replace_schema_metadata({_KEY: json.dumps(about).encode()})
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        parquet.write_table(table, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def read_population(path: str | PathLike[str]) -> Population:
    """Return the population that a Parquet file holds.

    Raises:
        ParameterError: If it is no such file.
    """
    arrow, parquet = _arrow()
    try:
        table = parquet.read_table(path)
    except (OSError, arrow.ArrowInvalid) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else str(error).splitlines()[0]
        raise ParameterError(
            f"population must be a Parquet file that write_population wrote; got {str(path)!r} ({reason}). "
            "Write one, or describe the population in TOML."
        ) from None
    metadata = table.schema.metadata or {}
    missing = [name for name in (*_NEEDED, *_WORDS) if name not in table.column_names]
    if _KEY not in metadata or missing:
        what = f"one without {', '.join(missing)}" if missing else "one without its metadata"
        raise ParameterError(
            f"population must be a Parquet file that write_population wrote; got {what}. "
            "Write it again, or describe the population in TOML."
        )
    about = json.loads(metadata[_KEY])
    if about.get("format") != FORMAT:
        raise ParameterError(
            f"format of a population file must be {FORMAT}; got {about.get('format')!r}. "
            "Read it with the version of Subside that wrote it."
        )
    skip = {"patient", *_WORDS}
    return Population(
        numbers=table["patient"].to_numpy().astype(np.int64),
        columns={
            name: table[name].to_numpy(zero_copy_only=False).astype(np.float64)
            for name in table.column_names
            if name not in skip
        },
        words={name: np.array(table[name].to_pylist(), dtype=np.str_) for name in _WORDS},
        title=about["title"],
        study=about["study"],
        seed=about["seed"],
        rows=tuple(about["rows"]),
        version=about["subside"],
    )


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("table", needed_for="A population as a Parquet file") from error
    return pyarrow, pyarrow.parquet
