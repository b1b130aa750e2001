"""A quick picture of a course or a comparison; matplotlib loads only when one is drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from subside.course.curve import Curve
from subside.course.labeled import chosen
from subside.course.names import quantity
from subside.errors import MissingExtraError, ParameterError
from subside.units import H_PER_DAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from subside.course.comparison import Comparison
    from subside.course.course import Course

#: What is drawn unless asked otherwise: those of these that are there.
USUAL = ("nrs_pain", "ce_ketamine_ng_per_ml", "cadss_total", "sbp_mmhg")
#: Colors that a color-blind reader tells apart (Okabe & Ito 2008), each with a dash of its own.
LOOKS = (("#0072B2", "-"), ("#D55E00", "--"), ("#009E73", "-."), ("#CC79A7", ":"), ("#56B4E9", (0, (5, 1))))
DAYS_FROM_H = 72.0  # longer than this, the axis counts days
INCH_WIDE, INCH_HIGH = 7.0, 2.2


def plot_course(course: Course, names: Collection[str] | None = None) -> Figure:
    """Return a figure of a course, one panel a quantity: median, 50 % band, 90 % band."""
    panels = _panels(course.curves, names)
    who = "what is not known of one patient" if course.of_one_patient else f"{course.n_patients} patients"
    return _draw(course.times_h, [{"": course.curves[n]} for n in panels], panels, f"{course.title}\nbands: {who}")


def plot_comparison(
    comparison: Comparison, names: Collection[str] | None = None, *, differences: bool = False
) -> Figure:
    """Return a figure of all arms, one panel a quantity; with ``differences`` of what each adds."""
    tables: Mapping[str, Mapping[str, Curve]] = (
        comparison.differences if differences else {n: a.curves for n, a in comparison.arms.items()}
    )
    if not tables:
        raise ParameterError(
            "a figure of differences needs an arm to compare with; got a comparison without one. "
            "Compare with 'placebo' or 'none'."
        )
    panels = _panels(next(iter(tables.values())), names)
    lines = [{label: table[name] for label, table in tables.items() if name in table} for name in panels]
    title = "Paired differences" if differences else "Arms: median and 90 % band"
    return _draw(comparison.times_h, lines, panels, title, zero=differences)


def _panels(known: Collection[str], names: Collection[str] | None) -> list[str]:
    if names is not None:
        return chosen(known, names)
    return [name for name in USUAL if name in known] or list(known)[:4]


def _draw(
    times_h: Any,
    lines: Sequence[Mapping[str, Curve]],
    names: Sequence[str],
    title: str,
    *,
    zero: bool = False,
) -> Figure:
    days = float(np.ptp(times_h)) > DAYS_FROM_H
    x = times_h / H_PER_DAY if days else times_h
    figure = _picture()(figsize=(INCH_WIDE, 0.6 + INCH_HIGH * len(names)), layout="constrained")
    for panel, (name, curves) in enumerate(zip(names, lines, strict=True), 1):
        axes = figure.add_subplot(len(names), 1, panel)
        for (color, dash), (label, curve) in zip(LOOKS * len(curves), curves.items(), strict=False):
            axes.fill_between(x, curve.low, curve.high, color=color, alpha=0.15, linewidth=0)
            if len(curves) == 1:
                axes.fill_between(x, curve.low50, curve.high50, color=color, alpha=0.25, linewidth=0)
            axes.plot(x, curve.median, color=color, linestyle=dash, label=label or None)
        if zero:
            axes.axhline(0.0, color="0.6", linewidth=0.8)
        known = quantity(name)
        axes.set_title(f"{known.label}, {known.unit}", loc="left", fontsize="medium")
        axes.spines[["top", "right"]].set_visible(False)
        if len(curves) > 1 and panel == 1:
            axes.legend(frameon=False, fontsize="small")
    axes.set_xlabel(f"{'days' if days else 'hours'} from the start of the first infusion")
    figure.suptitle(title, fontsize="medium")
    return figure


@cache
def _picture() -> type[Figure]:
    """Return matplotlib's figure, able to show itself in a notebook that was told nothing about plotting."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("report", needed_for="A figure (plot)") from error

    class Picture(Figure):
        """A figure that is its own picture."""

        def _repr_png_(self) -> bytes:
            data = BytesIO()
            self.savefig(data, format="png", dpi=90)
            return data.getvalue()

    return Picture
