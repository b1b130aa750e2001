"""Virtual patients: what is believed about parameters, and individuals drawn from it.

Names are loaded on first use::

    from subside.engine.population import draw_population, published

    people = draw_population(published("chronic_pain_clinic"), seed=1, n=100)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.population.description import (
        PUBLISHED,
        Description,
        described_in,
        published,
        read_description,
    )
    from subside.engine.population.parquet import read_population, write_population
    from subside.engine.population.virtual import Population, draw_population, people_of

_HOMES = {
    "Description": "description",
    "PUBLISHED": "description",
    "Population": "virtual",
    "described_in": "description",
    "draw_population": "virtual",
    "people_of": "virtual",
    "published": "description",
    "read_description": "description",
    "read_population": "parquet",
    "write_population": "parquet",
}

__all__ = [
    "PUBLISHED",
    "Description",
    "Population",
    "described_in",
    "draw_population",
    "people_of",
    "published",
    "read_description",
    "read_population",
    "write_population",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
