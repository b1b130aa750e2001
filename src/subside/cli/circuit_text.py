"""What was simulated, and tables over members: the words that all verbs of the circuit share."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from subside.engine.circuit import Band, Cord


def inputs(options: Namespace, cord: Cord, **also: Any) -> dict[str, Any]:
    """Return what an experiment was asked with, defaults included; ``also``: options of this one alone."""
    return {
        "condition": options.condition,
        "ketamine_um": cord.ketamine_um,
        "esketamine_um": cord.esketamine_um,
        "apv": cord.apv,
        "sensitization": cord.sensitization,
        "seed": options.seed,
        "members": options.members,
        **also,
    }


def simulated(options: Namespace, cord: Cord, *, who: str = "") -> str:
    """Return in one line what was simulated; ``who`` answered, if not the members asked for.

    Sensitization stands there if it was asked for, or if the condition brings one.
    """
    drugs = [
        f"{name} {level:g} µM"
        for name, level in (("ketamine", cord.ketamine_um), ("esketamine", cord.esketamine_um))
        if level > 0.0
    ]
    parts = [options.condition.replace("_", " "), *(drugs or ["no drug"])]
    if cord.apv > 0.0:
        parts.append(f"{100.0 * cord.apv:g} % of the NMDA current removed")
    if cord.sensitization > 0.0 or options.sensitization is not None:
        parts.append(f"sensitization {cord.sensitization:g}")
    if cord.calcium_left < 1.0:
        parts.append(f"{100.0 * (1.0 - cord.calcium_left):g} % of calcium chelated")
    return ", ".join([*parts, f"seed {options.seed}", who or counted(options.members)])


def counted(members: int) -> str:
    """Return a number of members in words."""
    return "1 member" if members == 1 else f"{members} members"


def stimulus_name(key: str) -> str:
    """Return the name of a natural stimulus for people.

    >>> stimulus_name("force_50_mn")
    'force 50 mN'
    """
    words = key.split("_")
    return " ".join("mN" if word == "mn" else word for word in words)


def show_bands(
    console: Console, title: str, about: str, *, first: str, unit: str, rows: Iterable[tuple[str, Band, int | None]],
    members: int,
) -> None:  # fmt: skip
    """Print a table of bands under what was simulated; one member has no percentiles.

    ``rows``: the first cell, a band, and which of its points (None: it is a single number).
    """
    from rich.table import Table

    console.print(title, style="bold", highlight=False)
    console.print(about, highlight=False)
    parts = ("mean", "low", "high") if members > 1 else ("mean",)
    table = Table()
    table.add_column(first)
    for name in (f"{unit}, mean", "5 %", "95 %") if members > 1 else (unit,):
        table.add_column(name, justify="right")
    for name, band, at in rows:
        numbers = [getattr(band, part) if at is None else getattr(band, part)[at] for part in parts]
        table.add_row(name, *(f"{float(x):.1f}" for x in numbers))
    console.print(table)
