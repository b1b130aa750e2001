"""A course: what a case leads to, as labeled curves on one grid of times."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from subside.course.curve import Array, Curve, frozen_array
from subside.errors import ParameterError, unknown_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Caution:
    """A warning that travels with a result: a code for programs, a text for people."""

    code: str
    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """The course of one patient, or of many patients like them.

    Attributes:
        times_h: Times in h from the start of the first infusion, rising. Shape ``(time,)``.
        curves: By stable name (``subside.course.NAMES``), each on ``times_h``.
        n_patients: How many patients were simulated. With 1, bands hold what is not known of this
            patient; with more, the spread between patients as well.
        seed: What the random streams were keyed by.
        failed: How many patients (for one patient: draws) could not be computed. They are no part
            of the curves and stand in ``samples`` as rows of NaN.
        worst_error: Largest error of the rows that an independent solver re-solved, or None if
            none was re-solved.
        samples: Full curves by name, shape ``(patient, time)``, kept only on request. With
            ``n_patients`` 1 a row is a draw of what is not known of that patient.
    """

    times_h: Array
    curves: Mapping[str, Curve]
    n_patients: int
    seed: int
    title: str
    cautions: tuple[Caution, ...] = ()
    sources: tuple[str, ...] = ()
    failed: int = 0
    worst_error: float | None = None
    samples: Mapping[str, NDArray[np.floating[Any]]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        times = frozen_array(self.times_h, name="times_h")
        if len(times) > 1 and not np.all(np.diff(times) > 0):
            raise ParameterError(
                "times_h must rise from one time to the next; got times out of order or repeated. "
                "Sort them and drop repeats."
            )
        object.__setattr__(self, "times_h", times)
        for name, curve in self.curves.items():
            if len(curve) != len(times):
                raise ParameterError(
                    f"curve {name} must have one value for each of the {len(times)} times; "
                    f"got {len(curve)}. Compute every curve of a course on one grid."
                )
        object.__setattr__(self, "curves", MappingProxyType(dict(self.curves)))
        object.__setattr__(self, "cautions", tuple(self.cautions))
        object.__setattr__(self, "sources", tuple(self.sources))
        if self.samples is not None:
            object.__setattr__(self, "samples", self._frozen_samples())

    def _frozen_samples(self) -> Mapping[str, NDArray[np.floating[Any]]]:
        kept: dict[str, NDArray[np.floating[Any]]] = {}
        for name, rows in (self.samples or {}).items():
            # A view, not a copy: full curves of 10,000 patients are gigabytes.
            view = np.asarray(rows).view()
            if view.ndim != 2 or view.shape[1] != len(self.times_h):
                raise ParameterError(
                    f"samples of {name} must have shape (patient, {len(self.times_h)}); "
                    f"got {view.shape}. Keep one row a patient on the times of the course."
                )
            view.setflags(write=False)
            kept[name] = view
        return MappingProxyType(kept)

    def __getitem__(self, name: str) -> Curve:
        try:
            return self.curves[name]
        except KeyError:
            raise unknown_name("curve", name, self.curves) from None

    def __contains__(self, name: object) -> bool:
        return name in self.curves

    @property
    def of_one_patient(self) -> bool:
        """Whether the bands speak of one patient (what is not known), not of many."""
        return self.n_patients == 1

    @property
    def rows(self) -> int:
        """How many patients (or draws of one patient) stand behind the bands, failed ones too."""
        if self.samples:
            return int(next(iter(self.samples.values())).shape[0])
        return self.n_patients

    def nearest(self, time_h: float, *, within_h: float = 12.0) -> int | None:
        """Return the index of the time nearest to ``time_h``, or None if none is close enough.

        A value far from the time asked for is never passed off as the value at that time.
        """
        if len(self.times_h) == 0:
            return None
        index = int(np.argmin(np.abs(self.times_h - time_h)))
        return index if abs(float(self.times_h[index]) - time_h) <= within_h else None

    def to_xarray(self, *, samples: bool = False, names: Collection[str] | None = None) -> xr.Dataset:
        """Return a dataset with labeled dimensions and units, one variable a quantity.

        Summaries have dimensions ``(statistic, time)``. With ``samples`` full curves, ``(patient, time)``,
        or ``(draw, time)`` for one patient. ``names`` picks some quantities. Needs the part ``cohort``.
        """
        from subside.course.labeled import course_dataset

        return course_dataset(self, samples=samples, names=names)

    def to_pandas(self, *, samples: bool = False, names: Collection[str] | None = None) -> pd.DataFrame:
        """Return a long table: ``time_h, name, unit, median, low, high`` and so on, one row a time.

        With ``samples`` the columns of ``course.parquet``: ``patient, time_h, name, value, unit``. Needs
        the part ``cohort``.
        """
        from subside.course.labeled import course_frame

        return course_frame(self, samples=samples, names=names)

    def plot(self, names: Collection[str] | None = None) -> Figure:
        """Return a matplotlib figure, one panel a quantity, with its bands. Needs the part ``report``."""
        from subside.course.plotting import plot_course

        return plot_course(self, names)

    def _repr_html_(self) -> str:
        from subside.course.notebook import course_html

        return course_html(self)
