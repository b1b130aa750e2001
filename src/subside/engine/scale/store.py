"""Full curves of every patient on disk, as a Zarr store that xarray opens.

One variable a quantity, dimensions ``patient`` and ``time_h``, float32, units as attributes, one chunk a block of
patients. The store appears under its name only when it is whole: a run that is killed leaves none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from subside.course import quantity
from subside.engine.group import Samples
from subside.engine.scale.job import Job
from subside.engine.scale.sizes import store_bytes
from subside.errors import MissingExtraError, ParameterError


@dataclass(frozen=True)
class Writer:
    """Writes blocks into a store that is being made; travels to the workers of a cluster.

    Blocks are whole chunks, so each chunk has one writer; a block written twice is written the same.
    """

    path: str

    def keep(self, first: int, samples: Samples) -> None:
        """Write the curves of the patients from number ``first`` on."""
        group = _zarr().open_group(self.path, mode="r+")
        for name, rows in samples.items():
            group[name][first : first + len(rows)] = rows


@contextlib.contextmanager
def new_store(where: str | os.PathLike[str], job: Job) -> Iterator[Writer]:
    """Give a writer; its store appears ``where`` it is wanted when the run is through, and is removed if it is not.

    Raises:
        ParameterError: If something is there, or the disk is too small.
        MissingExtraError: If zarr is not installed.
    """
    zarr = _zarr()
    target = Path(where)
    if target.exists():
        raise ParameterError(
            f"curves must name a store that does not exist yet; got '{target}', which does. "
            "Remove it or choose another name."
        )
    need = store_bytes(job.n_patients, len(job.times_h))
    parent = next(folder for folder in (target.parent, *target.parent.parents) if folder.exists())
    free = shutil.disk_usage(parent).free
    if need > free:
        raise ParameterError(
            f"curves of {job.n_patients} patients at {len(job.times_h)} times take up to {need / 1e9:.1f} GB; "
            f"'{parent}' has {free / 1e9:.1f} GB. Ask for fewer times or patients, or another disk."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part-{os.getpid()}-{time.time_ns()}")
    try:
        _lay_out(zarr, part, job)
        yield Writer(str(part))
        zarr.open_group(str(part), mode="r+").attrs["complete"] = True
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _lay_out(zarr: Any, path: Path, job: Job) -> None:
    """Make the empty arrays and their labels, as xarray reads them."""
    names = job.names()
    group = zarr.open_group(str(path), mode="w", zarr_format=3)
    group.attrs.update(
        {
            "title": job.case.title,
            "seed": job.seed,
            "patients": job.n_patients,
            "subside": job.code.split()[0],
            "complete": False,
        }
    )
    _label(
        group, "patient", np.arange(job.n_patients, dtype=np.int32), {"long_name": "number of the patient"}
    )
    about_time = {"units": "h", "long_name": "time from the start of the first infusion"}
    _label(group, "time_h", job.times_h, about_time)
    for name in names:
        known = quantity(name)
        group.create_array(
            name,
            shape=(job.n_patients, len(job.times_h)),
            chunks=(min(job.block, job.n_patients), len(job.times_h)),
            dtype="float32",
            fill_value=np.nan,
            dimension_names=("patient", "time_h"),
            attributes={"units": known.unit, "long_name": known.description},
        )


def _label(group: Any, name: str, values: Any, attributes: dict[str, str]) -> None:
    array = group.create_array(
        name, shape=values.shape, dtype=values.dtype, dimension_names=(name,), attributes=attributes
    )
    array[:] = values


def _zarr() -> Any:
    try:
        import zarr
    except ImportError as error:
        raise MissingExtraError("cohort", needed_for="A store of full curves (--curves)") from error
    return zarr
