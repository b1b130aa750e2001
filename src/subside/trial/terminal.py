"""A trial on a terminal: the design, the effects with their power, the flow, what happened to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from subside.report.content import PERMANENT_LINE
from subside.trial.page import design_words
from subside.trial.words import (
    POWER_MEANS,
    difference,
    endpoint_words,
    event_words,
    flow_boxes,
    p_words,
    percent,
    spread_words,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["summary"]


def summary(result: dict[str, Any], *, warnings: int = 0) -> RenderableType:
    """Return the answer for people."""
    parts: list[RenderableType] = [
        Text(result["title"], style="bold"),
        Text(design_words(result)),
        Text(""),
        _effects(result),
        Text(POWER_MEANS[result["truth"]], style="dim"),
    ]
    sizes = {p["patients"] for e in result["endpoints"] for a in e["arms"].values() for p in a["power"]}
    if len(sizes) > 1:
        parts.append(_power(result))
    parts += [_flow(result), _events(result)]
    if warnings:
        parts.append(Text(f"{warnings} warnings travel with this result: see --json or the report."))
    parts.append(Text(PERMANENT_LINE, style="dim"))
    return Group(*parts)


def _effects(result: dict[str, Any]) -> Table:
    table = Table(title=f"Each arm minus {result['design']['control']}", title_justify="left", box=None, pad_edge=False)
    level = f"{100 * result['design']['level']:g} %"
    for name in ("endpoint", f"this trial ({level})", "p", "all repetitions (90 % of them)", "power"):
        table.add_column(name, justify="left" if name == "endpoint" else "right")
    for endpoint in result["endpoints"]:
        for name, arm in endpoint["arms"].items():
            again, report = arm["repeated"], arm["reported"]
            planned = next(p for p in arm["power"] if p["patients"] == result["design"]["patients"])
            table.add_row(
                Text(f"{endpoint_words(endpoint)}; {name}", style="bold" if endpoint["primary"] else ""),
                difference(endpoint, report),
                p_words(None if report is None else report["p"]),
                spread_words(endpoint, again["mean"], again["low"], again["high"]),
                percent(planned["power"]),
            )
    return table


def _power(result: dict[str, Any]) -> Table:
    primary = next(e for e in result["endpoints"] if e["primary"])
    table = Table(title=f"Power by size: {endpoint_words(primary)}", title_justify="left", box=None, pad_edge=False)
    table.add_column("people")
    for name in primary["arms"]:
        table.add_column(name, justify="right")
    for k, first in enumerate(next(iter(primary["arms"].values()))["power"]):
        cells = []
        for arm in primary["arms"].values():
            p = arm["power"][k]
            form = "" if p["closed_form"] is None else f", t test {percent(p['closed_form'])}"
            cells.append(f"{percent(p['power'])} ({percent(p['low'])} to {percent(p['high'])}{form})")
        table.add_row(str(first["patients"]), *cells)
    return table


def _flow(result: dict[str, Any]) -> Text:
    rows = flow_boxes(result["flow"])
    head = "; ".join(text for box in rows[0] for text in box)
    arms = [f"{a[0]}: {a[1]}, {', '.join(b)}" for a, b in zip(rows[2], rows[3], strict=True)]
    return Text(f"\nFlow: {head}; {rows[1][0][0]}. " + ". ".join(arms) + ".")


def _events(result: dict[str, Any]) -> Table:
    table = Table(title="During the infusions", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for name in result["arms"]:
        table.add_column(name, justify="right")
    arms = list(result["arms"].values())
    for event in arms[0]["events"]:
        table.add_row(event_words(event), *(percent(arm["events"][event]["share"]) for arm in arms))
    table.add_row("believe to have the drug", *(percent(arm["believes_drug"]["share"]) for arm in arms))
    return table
