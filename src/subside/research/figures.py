"""Figures of the questions of research; the plotting library loads only when one is drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.errors import MissingExtraError

if TYPE_CHECKING:
    from subside.research.influence import Sensitivity

#: Colors that a color-blind reader tells apart (Okabe & Ito 2008).
BLUE, ORANGE, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "0.6"
INCHES_WIDE = 7.0
BARS = 15


def new_figure(high: float, *, wide: float = INCHES_WIDE) -> Any:
    """Return an empty figure of this size in inches.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("report", needed_for="A figure") from error
    return Figure(figsize=(wide, high), layout="constrained")


def draw_tornado(file: Path, found: Sensitivity) -> None:
    """Draw what each input does alone, most influential first, with its index beside the bar."""
    rows = found.rows[:BARS]
    figure = new_figure(1.2 + 0.32 * len(rows))
    axes = figure.add_subplot()
    for place, row in enumerate(rows):
        for end, color, words in ((row.low, BLUE, row.at_low), (row.high, ORANGE, row.at_high)):
            axes.barh(place, end - found.typical, left=found.typical, color=color, height=0.6)
            if end != found.typical:
                side = "left" if end > found.typical else "right"
                axes.annotate(
                    words, (end, place), xytext=(3 if side == "left" else -3, 0), textcoords="offset points",
                    ha=side, va="center", fontsize=6,
                )  # fmt: skip
    axes.axvline(found.typical, color="0.3", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [f"{row.factor.name}  {index_words(row)}" for row in rows], fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.22)
    axes.set_xlabel(f"{found.endpoint.words}, {found.endpoint.unit}", fontsize=8)
    axes.set_title(f"Over {found.over}: input at its 5th (blue) and 95th percentile (orange)", fontsize=9)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(file)


def index_words(row: Any) -> str:
    """Return an index in a few letters."""
    if row.index.total is not None:
        return f"({100 * max(row.index.total, 0.0):.0f} %)"
    return f"({row.index.mu_star:.2g})"


Drawer = Callable[[Path], None]
