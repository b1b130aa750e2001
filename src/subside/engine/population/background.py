"""What medicines taken anyway mean for breathing and alertness."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from subside.case import Case
from subside.units import H_PER_DAY, MCG_PER_MG, parse_rate

UNKNOWN_DOSE_MME = 30.0  # assumed


@cache
def table() -> dict[str, Any]:
    """Return the table of background medicines as it stands in the evidence."""
    path = files("subside.evidence").joinpath("priors/background_medicines.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def morphine_equivalents_mg_per_d(case: Case) -> float:
    """Return the regular opioids of a case in oral morphine equivalents a day.

    A known opioid whose dose is not written counts as ``UNKNOWN_DOSE_MME``: unknown is never none.
    """
    total = 0.0
    by_mg, by_patch = table()["mme_per_mg"], table()["mme_per_d_per_mcg_per_h"]
    for name, daily_mg, mg_per_h in _taken(case):
        if name in by_patch and mg_per_h is not None:
            total += by_patch[name] * mg_per_h * MCG_PER_MG
        elif name in by_mg and daily_mg is not None:
            total += by_mg[name] * daily_mg
        elif name in by_mg or name in by_patch:
            total += UNKNOWN_DOSE_MME
    return total


def takes_benzodiazepine(case: Case) -> bool:
    """Return whether a benzodiazepine is among the medicines."""
    known = set(table()["benzodiazepines"])
    return any(name in known for name, _, _ in _taken(case))


def _taken(case: Case) -> Iterator[tuple[str, float | None, float | None]]:
    """Yield name, daily dose (mg) and rate (mg/h) of every other drug of a case."""
    weight = case.patient.weight_kg
    for medicine in case.patient.medicines:
        rate = None if medicine.rate is None else parse_rate(medicine.rate).for_weight(weight)
        yield medicine.name.strip().lower(), medicine.daily_mg(weight), rate
    for treatment in case.treatments:
        if treatment.kind != "drug":
            continue
        dose, every = treatment.dose_mg(weight), treatment.every_h
        daily = None if dose is None or every is None else dose * H_PER_DAY / every
        yield treatment.name.strip().lower(), daily, treatment.mg_per_h(weight)
