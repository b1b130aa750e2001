"""The same patients under several treatments, and what each arm adds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from subside.course.course import Course
from subside.course.curve import Array, Curve, frozen_array
from subside.course.summary import finite_rows, summarize
from subside.errors import ParameterError, unknown_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

REFERENCES = ("placebo", "none")
"""Arms that others are held against, if present; the first is the one that headlines use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """How probable it is that a difference is worth having.

    ``probability`` that the arm is better than the reference by at least ``at_least``, in the
    quantity's unit (a share of patients where the comparison is of many).
    """

    name: str
    time_h: float
    at_least: float
    probability: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Courses of the same patients, arm by arm, and paired differences.

    Attributes:
        times_h: The grid that all arms share. Shape ``(time,)``.
        arms: By name; the case's own regimen is ``case``.
        differences: ``differences["case - placebo"]["nrs_pain"]``: first arm minus second, from
            the same patients with the same random streams. Less pain is negative.
        chances: Probabilities computed beforehand, by the same keys as ``differences``; needed
            only where the arms do not keep their samples.
    """

    times_h: Array
    arms: Mapping[str, Course]
    differences: Mapping[str, Mapping[str, Curve]]
    chances: Mapping[str, tuple[Chance, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        times = frozen_array(self.times_h, name="times_h")
        object.__setattr__(self, "times_h", times)
        for name, arm in self.arms.items():
            if not np.array_equal(arm.times_h, times):
                raise ParameterError(
                    f"arm {name} must be on the times of the comparison; got "
                    f"{len(arm.times_h)} times, not the same {len(times)}. "
                    "Simulate all arms on one grid."
                )
        object.__setattr__(self, "arms", MappingProxyType(dict(self.arms)))
        object.__setattr__(
            self,
            "differences",
            MappingProxyType({k: MappingProxyType(dict(v)) for k, v in self.differences.items()}),
        )
        object.__setattr__(self, "chances", MappingProxyType(dict(self.chances)))

    def difference(self, arm: str, reference: str, name: str) -> Curve:
        """Return one paired difference; an unknown pair or name suggests the nearest known."""
        label = difference_label(arm, reference)
        if label not in self.differences:
            raise unknown_name("difference", label, self.differences)
        if name not in self.differences[label]:
            raise unknown_name("curve", name, self.differences[label])
        return self.differences[label][name]

    def chance(
        self, arm: str, reference: str, name: str, *, time_h: float, at_least: float
    ) -> float | None:
        """Return the probability that ``arm`` lowers ``name`` by at least so much, if known.

        Computed from the samples if both arms keep them, otherwise looked up in ``chances`` (the
        same threshold, at most half a day from the time asked for); None if neither has it.
        """
        index = self.arms[arm].nearest(time_h) if arm in self.arms else None
        rows = self._paired(arm, reference, name)
        if rows is not None and index is not None:
            known = rows[np.isfinite(rows[:, index]), index]
            # Half of what the least digit shown can say; a tie at the threshold counts.
            return float(np.mean(-known >= at_least - 1e-9)) if len(known) else None
        near = [
            known
            for known in self.chances.get(difference_label(arm, reference), ())
            if known.name == name
            and abs(known.at_least - at_least) < 1e-9
            and abs(known.time_h - time_h) <= 12.0
        ]
        return min(near, key=lambda known: abs(known.time_h - time_h)).probability if near else None

    def to_xarray(
        self, *, differences: bool = False, names: Collection[str] | None = None
    ) -> xr.Dataset:
        """Return a dataset of all arms, dimensions ``(arm, statistic, time)``, with units.

        With ``differences`` the paired differences, ``(difference, statistic, time)``. Needs the part
        ``cohort``.
        """
        from subside.course.labeled import comparison_dataset

        return comparison_dataset(self, differences=differences, names=names)

    def to_pandas(
        self, *, differences: bool = False, names: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Return a long table of all arms (column ``arm``), or of differences (column ``difference``)."""
        from subside.course.labeled import comparison_frame

        return comparison_frame(self, differences=differences, names=names)

    def plot(
        self, names: Collection[str] | None = None, *, differences: bool = False
    ) -> Figure:
        """Return a matplotlib figure of all arms, or of the paired differences."""
        from subside.course.plotting import plot_comparison

        return plot_comparison(self, names, differences=differences)

    def _repr_html_(self) -> str:
        from subside.course.notebook import comparison_html

        return comparison_html(self)

    def _paired(self, arm: str, reference: str, name: str) -> NDArray[np.float64] | None:
        if arm not in self.arms or reference not in self.arms:
            return None
        one, other = self.arms[arm].samples, self.arms[reference].samples
        if not one or not other or name not in one or name not in other:
            return None
        return paired_rows(self.arms[arm], self.arms[reference], name)


def difference_label(arm: str, reference: str) -> str:
    """Return the key of a difference: ``case - placebo``."""
    return f"{arm} - {reference}"


def paired_rows(arm: Course, reference: Course, name: str) -> NDArray[np.float64]:
    """Return arm minus reference, patient by patient; shape ``(patient, time)``.

    A patient who failed in either arm, in any quantity, is a row of NaN: the pair is lost.

    Raises:
        ParameterError: If either course keeps no samples, or they are not of the same patients.
    """
    if not arm.samples or not reference.samples:
        raise ParameterError(
            "paired differences need the samples of both arms; got a course without. "
            "Simulate with full curves kept, or pass the differences ready made."
        )
    one, other = arm.samples[name], reference.samples[name]
    if one.shape != other.shape or arm.seed != reference.seed:
        raise ParameterError(
            f"paired differences need the same patients in both arms; got {one.shape[0]} rows of "
            f"seed {arm.seed} and {other.shape[0]} rows of seed {reference.seed}. "
            "Simulate both arms with one seed and one number of patients."
        )
    good = np.ones(one.shape[0], dtype=bool)
    for course in (arm, reference):
        for rows in (course.samples or {}).values():
            good &= finite_rows(rows)
    difference = one.astype(np.float64) - other.astype(np.float64)
    difference[~good] = np.nan
    return difference


def compare(arms: Mapping[str, Course]) -> Comparison:
    """Return a comparison with the paired difference of each arm from placebo and from none.

    Every arm must keep its samples, of the same patients (one seed, one count).
    """
    if not arms:
        raise ParameterError(
            "a comparison needs at least one arm; got none. Pass the case's course as 'case'."
        )
    differences: dict[str, dict[str, Curve]] = {}
    for reference in REFERENCES:
        if reference not in arms:
            continue
        for arm in arms:
            if arm == reference or (arm in REFERENCES and reference != "none"):
                continue
            shared = [n for n in (arms[arm].samples or {}) if n in (arms[reference].samples or {})]
            differences[difference_label(arm, reference)] = {
                name: summarize(paired_rows(arms[arm], arms[reference], name), name)
                for name in shared
            }
    return Comparison(
        times_h=next(iter(arms.values())).times_h, arms=arms, differences=differences
    )
