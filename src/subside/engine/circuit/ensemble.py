"""The shipped ensemble: parameter sets of which every one passes the fast gates.

One parameter set that fits proves little, since very different sets fit equally well (degeneracy; Medlock
et al. 2022 show it for this circuit). Answers are therefore given over members: a mean, and the range.
``search`` made the table.
"""

from __future__ import annotations

import csv
import functools
from importlib.resources import files

import numpy as np

from subside.engine.circuit.members import PARAMETERS, Member
from subside.errors import ParameterError


@functools.cache
def ensemble() -> tuple[Member, ...]:
    """Return every member, in the order of the table."""
    text = files("subside.engine.circuit").joinpath("ensemble.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        Member(int(row["animal"]), np.array([float(row[name]) for name in PARAMETERS])) for row in rows
    )


def members(count: int) -> tuple[Member, ...]:
    """Return the first members of the ensemble.

    Raises:
        ParameterError: If there are not as many.
    """
    whole = ensemble()
    if not 1 <= count <= len(whole):
        raise ParameterError(f"members must lie between 1 and {len(whole)}; got {count}. Fewer is faster.")
    return whole[:count]


def diversity() -> dict[str, float]:
    """Return the coefficient of variation of each parameter over the members, by name."""
    table = np.array([m.values for m in ensemble()])
    spread = table.std(axis=0, ddof=1) / table.mean(axis=0)
    return {name: float(cv) for name, cv in zip(PARAMETERS, spread, strict=True)}
