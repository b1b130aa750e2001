"""Where a trial's people come from: a description that draws them, or a file of people to draw from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.random import uniforms
from subside.engine.population.description import Description, Inclusion
from subside.engine.population.virtual import Population, excluded, people_of

__all__ = ["Source", "conditions", "drawn", "figures", "limits", "weak"]

#: A description has as many people as are asked for; of a file some are drawn again and again.
Source = Description | Population


def drawn(source: Source, numbers: NDArray[np.int64], *, seed: int) -> Population:
    """Return the people of these numbers; of a file, one of its people each, drawn with replacement."""
    if isinstance(source, Description):
        return people_of(source, numbers, seed=seed)
    u = uniforms(f"{seed}/{source.study}/population", numbers, "row", 1)[:, 0]
    rows = np.minimum((u * len(source)).astype(np.int64), len(source) - 1)
    return replace(source.take(rows), numbers=numbers, seed=seed)


def limits(source: Source, people: Population) -> NDArray[np.str_]:
    """Return the limit of the source itself that keeps each person out, or an empty text."""
    return excluded(people, source.inclusion if isinstance(source, Description) else Inclusion())


def figures(source: Source) -> tuple[str, ...]:
    """Return the ids of the figures behind the people."""
    return source.with_base().rows() if isinstance(source, Description) else source.rows


def weak(source: Source) -> tuple[str, ...]:
    """Return the names of what rests on no reading; of a file nothing is known."""
    if isinstance(source, Description):
        return tuple(name for name, _, _ in source.with_base().weak())
    return ()


def conditions(source: Source) -> tuple[str, ...]:
    """Return the conditions that people may have."""
    if isinstance(source, Description):
        return tuple(source.with_base().conditions)
    return tuple(np.unique(source.words["condition"]).tolist())
