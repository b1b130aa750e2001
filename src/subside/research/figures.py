"""Figures of the questions of research; the plotting library loads only when one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.errors import MissingExtraError

if TYPE_CHECKING:
    from subside.research.influence import Sensitivity
    from subside.research.information import Ranked
    from subside.research.tradeoff import Span, Traded, Tradeoff

#: Colors that a color-blind reader tells apart (Okabe & Ito 2008).
BLUE, ORANGE, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "0.6"
OTHERS = (BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", "#F0E442")
HATCHES = ("", "//", "..", "xx", "--", "oo")  # color never alone
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


def draw_front(file: Path, found: Tradeoff) -> None:
    """Draw relief against each cost, one mark a regimen: filled the more often it lies on the front."""
    from subside.units import show_duration

    rows = found.tables["weighted"]
    costs: tuple[tuple[str, Callable[[Traded], Span]], ...] = (
        ("highest CADSS, points", lambda r: r.dissociation),
        ("people with a pressure surge, %", lambda r: _percent(r.surge)),
        ("drug, mg", lambda r: r.drug_mg),
    )
    figure = new_figure(3.0 * len(found.times_h) + 0.9 + 0.17 * len(rows), wide=10.0)
    grid = figure.add_gridspec(len(found.times_h) + 1, len(costs),
                               height_ratios=[3.0] * len(found.times_h) + [0.4 + 0.17 * len(rows)])  # fmt: skip
    for i, time in enumerate(found.times_h):
        for j, (label, cost) in enumerate(costs):
            axes = figure.add_subplot(grid[i, j])
            for number, row in enumerate(rows, 1):
                x, y = cost(row), row.relief[i]
                bars = {"xerr": [[x.mean - x.low], [x.high - x.mean]], "yerr": [[y.mean - y.low], [y.high - y.mean]]}
                axes.errorbar(x.mean, y.mean, **_positive(bars), color=GRAY, linewidth=0.6)
                axes.plot(x.mean, y.mean, "o", markersize=11, color=BLUE, alpha=0.15 + 0.85 * row.on_front)
                axes.annotate(str(number), (x.mean, y.mean), ha="center", va="center", fontsize=6,
                              color="white" if row.on_front > 0.4 else "black")  # fmt: skip
            axes.axhline(0.0, color="0.8", linewidth=0.7, zorder=0)
            axes.set_xlabel(label, fontsize=8)
            if j == 0:
                axes.set_ylabel(f"points below placebo\nat {show_duration(time)}", fontsize=8)
            axes.spines[["top", "right"]].set_visible(False)
    legend = figure.add_subplot(grid[-1, :])
    legend.axis("off")
    words = [
        f"{n}  {row.regimen}: on the front in {100 * row.on_front:.0f} % of clinics" for n, row in enumerate(rows, 1)
    ]
    legend.text(0.0, 1.0, "\n".join(words), va="top", fontsize=7, transform=legend.transAxes)
    figure.suptitle("Means and 90 % of clinics. No regimen is best: the front is what nothing else beats.", fontsize=9)
    figure.savefig(file)


def _percent(x: Span) -> Span:
    return type(x)(mean=100.0 * x.mean, low=100.0 * x.low, high=100.0 * x.high)


def _positive(bars: dict[str, list[list[float]]]) -> dict[str, list[list[float]]]:
    """A mean may lie outside the 90 % of a skewed spread: a bar is never shorter than nothing."""
    return {key: [[max(one, 0.0) for one in side] for side in sides] for key, sides in bars.items()}


def draw_studies(file: Path, ranked: Sequence[Ranked]) -> None:
    """Draw what each study is expected to tell, question upon question."""
    figure = new_figure(1.4 + 0.45 * len(ranked))
    axes = figure.add_subplot()
    for place, one in enumerate(ranked):
        start = 0.0
        for number, told in enumerate(one.told):
            axes.barh(
                place, max(told.bits, 0.0), left=start, height=0.6, color=OTHERS[number % len(OTHERS)],
                hatch=HATCHES[number % len(HATCHES)], edgecolor="white", linewidth=0.5,
                label=told.question if place == 0 else None,
            )  # fmt: skip
            start += max(told.bits, 0.0)
        axes.errorbar(start, place, xerr=one.error, color="0.2", linewidth=1.0, capsize=2)
    axes.set_yticks(range(len(ranked)), [f"{one.study.name} (n = {one.study.n})" for one in ranked], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("expected information, bits (± one standard error of the simulation)", fontsize=8)
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(file)
